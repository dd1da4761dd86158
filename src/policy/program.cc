#include "policy/program.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "policy/action_names.h"
#include "policy/match.h"
#include "policy/program_data.h"

namespace rolecall::policy {

using compiled::Header;
using compiled::Shape;
using compiled::Statement;

namespace {

using Interval = std::pair<std::uint32_t, std::uint32_t>;  // action ids [first, second)

// The known actions that a pattern matches.
void add_pattern(const Header& document, const compiled::ActionPattern& pattern,
                 std::vector<Interval>& out) {
  const std::string_view text = document.pool(pattern.text, pattern.size);
  if (pattern.wide_service != 0) {
    for (std::uint32_t id = 0; id < action_id_count(); ++id) {
      if (match_coded(text, action_id_name(static_cast<std::uint16_t>(id)))) {
        out.emplace_back(id, id + 1);
      }
    }
    return;
  }
  const std::size_t wild = std::min(text.find(compiled::kAnyRun), text.find(compiled::kAnyChar));
  if (wild == text.npos) return;  // a literal that the catalogue does not know
  const auto [first, last] = action_ids_with_prefix(text.substr(0, wild));
  if (pattern.shape == Shape::prefix) {
    if (first < last) out.emplace_back(first, last);
    return;
  }
  for (std::uint32_t id = first; id < last; ++id) {
    if (match_coded(text, action_id_name(static_cast<std::uint16_t>(id)))) {
      out.emplace_back(id, id + 1);
    }
  }
}

// Sorted, overlaps joined.
void normalise(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end());
  std::size_t kept = 0;
  for (const Interval& it : intervals) {
    if (kept > 0 && it.first <= intervals[kept - 1].second) {
      intervals[kept - 1].second = std::max(intervals[kept - 1].second, it.second);
    } else {
      intervals[kept++] = it;
    }
  }
  intervals.resize(kept);
}

std::vector<Interval> complement(const std::vector<Interval>& intervals, std::uint32_t count) {
  std::vector<Interval> out;
  std::uint32_t at = 0;
  for (const auto& [first, last] : intervals) {
    if (at < first) out.emplace_back(at, first);
    at = last;
  }
  if (at < count) out.emplace_back(at, count);
  return out;
}

bool is_unconditional(const Statement& statement) {
  return statement.has(Statement::kAnyResource) && !statement.has(Statement::kNotResource) &&
         statement.condition_count == 0;
}

int cost(const Statement& statement) {
  return (statement.has(Statement::kAnyResource) ? 0 : 1 + statement.resource_count) +
         statement.condition_count * 4;
}

class Builder {
 public:
  explicit Builder(const Policies& policies) {
    for (std::size_t i = 0; i < policies.scps.size(); ++i) {
      add(policies.scps[i], Layer::scp, static_cast<std::uint16_t>(i));
    }
    scp_levels_ = static_cast<std::uint16_t>(policies.scps.size());
    add(policies.identity, Layer::identity, Decision::kNone);
    if (policies.boundary.document != nullptr) {
      add({&policies.boundary, 1}, Layer::boundary, Decision::kNone);
    }
    add(policies.session, Layer::session, Decision::kNone);
  }

  std::shared_ptr<const Program> build() {
    if (usable_) sweep();
    if (words_.size() > 0xFFFF) usable_ = false;
    if (!usable_) {
      runs_.clear();
      words_.clear();
    }
    return layout();
  }

 private:
  static constexpr std::size_t kStatementsMax = 0x8000;  // numbers in `live` are 16 bits wide
  struct Event {
    std::uint32_t id;
    std::uint16_t ref;
    bool begins;
  };

  void add(PolicySpan policies, Layer layer, std::uint16_t level) {
    for (std::size_t i = 0; i < policies.size(); ++i) {
      if (policies[i].document == nullptr) continue;
      const Header& document = policies[i].document->compiled();
      if (document.readable == 0 || has_principal(document.kind)) usable_ = false;
      if (!usable_) return;
      const auto source = static_cast<std::uint16_t>(documents_.size());
      documents_.push_back({&document, level, static_cast<std::uint16_t>(i), layer});
      statements(document, source);
    }
  }

  void statements(const Header& document, std::uint16_t source) {
    std::vector<std::vector<Interval>> intervals(document.statement_count);
    const auto ids = document.span(document.action_ids);
    const std::uint16_t* owners = document.data(document.action_statements);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      intervals[owners[i]].emplace_back(ids[i], ids[i] + 1u);
    }
    for (const auto& pattern : document.span(document.action_patterns)) {
      add_pattern(document, pattern, intervals[pattern.statement]);
    }
    const auto count = static_cast<std::uint32_t>(action_id_count());
    for (std::uint16_t i = 0; i < document.statement_count; ++i) {
      const Statement& statement = document.data(document.statements)[i];
      std::vector<Interval>& own = intervals[i];
      const bool any = statement.has(Statement::kAnyAction);
      if (statement.has(Statement::kNotAction)) {
        own.clear();
        const std::uint16_t* listed = document.data(document.not_ids) + statement.not_ids;
        for (std::size_t k = 0; k < statement.not_id_count; ++k) {
          own.emplace_back(listed[k], listed[k] + 1u);
        }
        const auto* patterns = document.data(document.not_patterns) + statement.not_patterns;
        for (std::size_t k = 0; k < statement.not_pattern_count; ++k) {
          add_pattern(document, patterns[k], own);
        }
        normalise(own);
        own = any ? std::vector<Interval>{} : complement(own, count);
      } else if (any) {
        own.assign(1, {0, count});
      }
      normalise(own);
      const auto ref = static_cast<std::uint16_t>(refs_.size());
      if (refs_.size() >= kStatementsMax) {
        usable_ = false;
        return;
      }
      refs_.push_back(Program::Data::word(source, i));
      for (const auto& [first, last] : own) {
        events_.push_back({first, ref, true});
        events_.push_back({last, ref, false});
      }
    }
  }

  // Walks over all actions and writes a row wherever the set of statements changes.
  void sweep() {
    std::sort(events_.begin(), events_.end(),
              [](const Event& a, const Event& b) { return a.id < b.id; });
    std::size_t at = 0;
    std::uint32_t id = 0;
    const auto count = static_cast<std::uint32_t>(action_id_count());
    std::vector<std::uint16_t> live;
    while (true) {
      for (; at < events_.size() && events_[at].id == id; ++at) {
        const Event& event = events_[at];
        const auto place = std::lower_bound(live.begin(), live.end(), event.ref);
        if (event.begins) {
          live.insert(place, event.ref);
        } else {
          live.erase(place);
        }
      }
      emit(static_cast<std::uint16_t>(id), live);
      if (at == events_.size() || events_[at].id >= count) break;
      id = events_[at].id;
    }
    std::size_t run = 0;
    for (std::uint32_t first = 0; first <= count + Program::Data::kCoarse;
         first += Program::Data::kCoarse) {
      while (run + 1 < runs_.size() && runs_[run + 1].start <= first) ++run;
      coarse_.push_back(static_cast<std::uint16_t>(run));
    }
  }

  void emit(std::uint16_t id, const std::vector<std::uint16_t>& live) {
    row_.assign(2, 0);
    for (const std::uint16_t ref : live) {
      const std::uint32_t word = refs_[ref];
      if (!statement(word).deny()) continue;
      ++row_[source(word).layer == Layer::scp ? 0 : 1];
      row_.push_back(word);  // refs are numbered in layer order
    }
    for (std::uint16_t level = 0; level < scp_levels_; ++level) {
      allows(live, Layer::scp, level);
    }
    for (const Layer layer : {Layer::identity, Layer::boundary, Layer::session}) {
      allows(live, layer, Decision::kNone);
    }
    const std::string key(reinterpret_cast<const char*>(row_.data()), row_.size() * sizeof row_[0]);
    const auto [place, added] =
        known_rows_.try_emplace(key, static_cast<std::uint16_t>(words_.size()));
    if (added) words_.insert(words_.end(), row_.begin(), row_.end());
    if (!runs_.empty() && runs_.back().row == place->second) return;
    runs_.push_back({id, place->second});
  }

  void allows(const std::vector<std::uint16_t>& live, Layer layer, std::uint16_t level) {
    const std::size_t number = row_.size();
    row_.push_back(0);
    for (const std::uint16_t ref : live) {
      const std::uint32_t word = refs_[ref];
      if (statement(word).deny() || source(word).layer != layer || source(word).level != level) {
        continue;
      }
      if (is_unconditional(statement(word))) {
        row_.resize(number);
        row_.push_back(Program::Data::kSatisfied);
        row_.push_back(word);
        return;
      }
      row_.push_back(word);
      ++row_[number];
    }
    std::stable_sort(
        row_.begin() + static_cast<std::ptrdiff_t>(number) + 1, row_.end(),
        [&](std::uint32_t a, std::uint32_t b) { return cost(statement(a)) < cost(statement(b)); });
  }

  const Program::Data::Source& source(std::uint32_t word) const { return documents_[word >> 16]; }
  const Statement& statement(std::uint32_t word) const {
    const Header& header = *source(word).header;
    return header.data(header.statements)[Program::Data::statement_of(word)];
  }

  std::shared_ptr<const Program> layout() const {
    std::size_t at = sizeof(Program::Data);
    const auto place = [&](const auto& items) {
      at = (at + sizeof items[0] - 1) / sizeof items[0] * sizeof items[0];
      const std::size_t begin = at;
      at += items.size() * sizeof items[0];
      return static_cast<std::uint32_t>(begin);
    };
    const std::uint32_t coarse_at = place(coarse_);
    RC_ASSERT(coarse_at == sizeof(Program::Data));
    const std::uint32_t documents_at = place(documents_);
    const std::uint32_t runs_at = place(runs_);
    const std::uint32_t words_at = place(words_);
    // Of eight-byte words, so that it is aligned for the pointers in it.
    const auto block = std::make_shared<std::uint64_t[]>((at + 7) / 8);
    auto* data = new (block.get()) Program::Data;
    data->bytes = static_cast<std::uint32_t>(at);
    data->scp_levels = scp_levels_;
    data->document_count = static_cast<std::uint16_t>(documents_.size());
    data->usable = usable_;
    data->documents_at = documents_at;
    data->runs_at = runs_at;
    data->words_at = words_at;
    const auto copy = [&](std::uint32_t to, const auto& items) {
      if (items.empty()) return;
      std::memcpy(reinterpret_cast<std::byte*>(data) + to, items.data(),
                  items.size() * sizeof items[0]);
    };
    copy(coarse_at, coarse_);
    copy(documents_at, documents_);
    copy(runs_at, runs_);
    copy(words_at, words_);
    return {block, data};
  }

  bool usable_ = true;
  std::uint16_t scp_levels_ = 0;
  std::vector<Program::Data::Source> documents_;
  std::vector<std::uint32_t> refs_;  // words
  std::vector<Program::Data::Run> runs_;
  std::vector<std::uint16_t> coarse_;
  std::vector<std::uint32_t> words_, row_;
  std::vector<Event> events_;
  std::unordered_map<std::string, std::uint16_t> known_rows_;
};

}  // namespace

std::shared_ptr<const Program> Program::build(const Policies& policies) {
  return Builder(policies).build();
}

std::size_t Program::memory_bytes() const { return data().bytes; }

}  // namespace rolecall::policy
