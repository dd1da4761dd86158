#include "policy/program.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
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

constexpr std::size_t kLineBytes = 64;

// Starts with a cache line.
std::shared_ptr<std::byte> allocate_alone(std::size_t bytes) {
  auto* block = static_cast<std::byte*>(::operator new(bytes, std::align_val_t{kLineBytes}));
  return {block, [](std::byte* it) { ::operator delete(it, std::align_val_t{kLineBytes}); }};
}

int cost(const Statement& statement) {
  return (statement.has(Statement::kAnyResource) ? 0 : 1 + statement.resource_count) +
         statement.condition_count * 4;
}

using Data = Program::Data;
using Word = Data::Word;

class Builder {
 public:
  Builder(const Policies& policies, ProgramArena* arena) : arena_(arena) {
    for (std::size_t i = 0; i < policies.scps.size(); ++i) {
      add(policies.scps[i], Layer::scp, static_cast<std::uint16_t>(i));
    }
    scp_levels_ = static_cast<std::uint16_t>(policies.scps.size());
    add(policies.identity, Layer::identity, Decision::kNone);
    if (policies.boundary.document != nullptr) {
      has_boundary_ = true;
      add({&policies.boundary, 1}, Layer::boundary, Decision::kNone);
    }
    has_session_ = !policies.session.empty();
    add(policies.session, Layer::session, Decision::kNone);
  }

  std::shared_ptr<const Program> build() {
    if (usable_) sweep();
    if (usable_) {
      index_runs();
    } else {
      sources_.clear();
      words_.clear();
    }
    return layout();
  }

 private:
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
      statements(document, layer, level, static_cast<std::uint16_t>(i));
      if (!usable_) return;
    }
  }

  // The number of a statement, as rows hold it: every 64 of a document are a source of their own.
  bool number(const Header& document, Layer layer, std::uint16_t level, std::uint16_t policy,
              std::uint16_t statement) {
    constexpr unsigned kBits = Data::kStatementBits;
    const unsigned within = statement % (1u << kBits);
    if (within == 0) {
      if (sources_.size() >= Data::kSourcesMax) return false;
      sources_.push_back({&document, policy, level, statement, layer, 0});
    }
    refs_.push_back(static_cast<Word>((sources_.size() - 1) << kBits | within));
    return true;
  }

  void statements(const Header& document, Layer layer, std::uint16_t level, std::uint16_t policy) {
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
      const Statement& statement = document.first_statement()[i];
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
      if (!number(document, layer, level, policy, i)) {
        usable_ = false;
        return;
      }
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
      if (!usable_) return;
      if (at == events_.size() || events_[at].id >= count) break;
      id = events_[at].id;
    }
  }

  void emit(std::uint16_t id, const std::vector<std::uint16_t>& live) {
    // Denials, in layer order: refs are numbered so.
    row_.assign(2, 0);
    std::size_t scp_denials = 0;
    for (const std::uint16_t ref : live) {
      if (!statement(refs_[ref]).deny()) continue;
      if (source(refs_[ref]).layer == Layer::scp) ++scp_denials;
      row_.push_back(refs_[ref]);
    }
    const std::size_t denials = row_.size() - 2 - scp_denials;
    if (scp_denials > Data::kScpDenials || row_.size() > 0xFFFF) usable_ = false;
    row_[1] = static_cast<Word>(denials);
    auto flags = static_cast<Word>(scp_denials);
    if (allows(live, Layer::identity, Decision::kNone)) {
      flags |= Data::kIdentityAllows;
      row_.push_back(allowing_[0]);
    } else {
      append_list();
    }
    const std::size_t levels_at = row_.size();
    row_.push_back(0);
    for (std::uint16_t level = 0; level < scp_levels_; ++level) {
      if (allows(live, Layer::scp, level)) continue;
      ++row_[levels_at];
      row_.push_back(level);
      append_list();
    }
    if (row_[levels_at] == 0) {
      row_.pop_back();
      flags |= Data::kLevelsAllow;
    }
    if (has_boundary_) {
      if (allows(live, Layer::boundary, Decision::kNone)) {
        flags |= Data::kBoundaryAllows;
      } else {
        append_list();
      }
    }
    if (has_session_) {
      if (allows(live, Layer::session, Decision::kNone)) {
        flags |= Data::kSessionAllows;
      } else {
        append_list();
      }
    }
    row_[0] = flags;
    if (!usable_) return;
    const std::string key(reinterpret_cast<const char*>(row_.data()), row_.size() * sizeof(Word));
    const auto known = known_rows_.find(key);
    std::uint16_t at = 0;
    if (known != known_rows_.end()) {
      at = known->second;
    } else {
      constexpr std::size_t kLine = 64 / sizeof(Word);
      if (row_.size() <= kLine && words_.size() % kLine + row_.size() > kLine) {
        words_.resize((words_.size() + kLine - 1) / kLine * kLine);
      }
      at = static_cast<std::uint16_t>(words_.size());
      words_.insert(words_.end(), row_.begin(), row_.end());
      if (words_.size() > 0xFFFF) usable_ = false;
      known_rows_.emplace(key, at);
    }
    if (!runs_.empty() && runs_.back().row == at) return;
    runs_.push_back({id, at});
  }

  // Collects a layer's allowing statements in allowing_, cheapest first; true when one of them
  // allows whatever is asked: it is then the first and only one.
  bool allows(const std::vector<std::uint16_t>& live, Layer layer, std::uint16_t level) {
    allowing_.clear();
    for (const std::uint16_t ref : live) {
      const Word word = refs_[ref];
      if (statement(word).deny() || source(word).layer != layer || source(word).level != level) {
        continue;
      }
      if (is_unconditional(statement(word))) {
        allowing_.assign(1, word);
        return true;
      }
      allowing_.push_back(word);
    }
    std::stable_sort(allowing_.begin(), allowing_.end(),
                     [&](Word a, Word b) { return cost(statement(a)) < cost(statement(b)); });
    return false;
  }

  void append_list() {
    row_.push_back(static_cast<Word>(allowing_.size()));
    row_.insert(row_.end(), allowing_.begin(), allowing_.end());
  }

  // --- runs to entries and the coarse table ----------------------------------------------------

  void index_runs() {
    const auto count = static_cast<std::uint32_t>(action_id_count());
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const auto [first, row] = runs_[i];
      const std::uint32_t end = i + 1 < runs_.size() ? runs_[i + 1].first : count;
      if (!entries_.empty() && row == background_) continue;
      // Two single entries are as short as one that begins and one that ends the exception.
      if (!entries_.empty() && end - first <= 2) {
        for (std::uint32_t id = first; id < end; ++id) {
          add_entry(static_cast<std::uint16_t>(id), row, Data::Entry::kOnly);
        }
      } else {
        add_entry(first, row, 0);
      }
    }
    while (coarse_.size() < count / Data::kBlock + 2) begin_block();
  }

  void add_entry(std::uint16_t id, std::uint16_t row, std::uint16_t only) {
    const auto next_block = [&] { return coarse_.size() * Data::kBlock; };
    while (next_block() < id || (next_block() == id && only != 0)) begin_block();
    if (next_block() == id) coarse_.push_back(static_cast<std::uint16_t>(entries_.size()));
    entries_.push_back({static_cast<std::uint16_t>(id | only), row});
    if (only == 0) background_ = row;
  }

  // The next block starts with the wide entry in force, repeated where `only` entries came after
  // it.
  void begin_block() {
    if (entries_.back().only()) {
      const auto start = static_cast<std::uint16_t>(coarse_.size() * Data::kBlock);
      entries_.push_back({start, background_});
    }
    coarse_.push_back(static_cast<std::uint16_t>(entries_.size() - 1));
  }

  const Data::Source& source(Word word) const { return sources_[word >> Data::kStatementBits]; }
  const Statement& statement(Word word) const {
    const Data::Source& it = source(word);
    return it.header->first_statement()[Data::statement_of(it, word)];
  }

  std::shared_ptr<const Program> layout() const {
    std::size_t at = sizeof(Data);
    const auto place = [&](const auto& items, std::size_t alignment) {
      at = (at + alignment - 1) / alignment * alignment;
      const std::size_t begin = at;
      at += items.size() * sizeof items[0];
      return begin;
    };
    const std::size_t coarse_at = place(coarse_, alignof(std::uint16_t));
    RC_ASSERT(coarse_at == sizeof(Data));
    const std::size_t sources_at = place(sources_, alignof(Data::Source));
    const std::size_t entries_at = place(entries_, alignof(Data::Entry));
    const std::size_t words_at = place(words_, kLineBytes);
    const auto block = arena_ != nullptr ? arena_->allocate(at) : allocate_alone(at);
    auto* data = new (block.get()) Data;
    data->bytes = static_cast<std::uint32_t>(at);
    data->scp_levels = scp_levels_;
    data->has_boundary = has_boundary_;
    data->has_session = has_session_;
    data->source_count = static_cast<std::uint16_t>(sources_.size());
    data->usable = usable_;
    data->sources_at = static_cast<std::uint16_t>(sources_at);
    data->entries_at = static_cast<std::uint32_t>(entries_at);
    data->words_at = static_cast<std::uint32_t>(words_at);
    const auto copy = [&](std::size_t to, const auto& items) {
      if (items.empty()) return;
      std::memcpy(reinterpret_cast<std::byte*>(data) + to, items.data(),
                  items.size() * sizeof items[0]);
    };
    copy(coarse_at, coarse_);
    copy(sources_at, sources_);
    copy(entries_at, entries_);
    copy(words_at, words_);
    return {block, data};
  }

  struct Run {
    std::uint16_t first;  // action id
    std::uint16_t row;
  };

  ProgramArena* arena_;
  bool usable_ = true;
  std::uint16_t scp_levels_ = 0;
  bool has_boundary_ = false, has_session_ = false;
  std::vector<Data::Source> sources_;
  std::vector<Word> refs_;
  std::vector<Run> runs_;
  std::vector<Data::Entry> entries_;
  std::uint16_t background_ = 0;  // the row of the last wide entry
  std::vector<std::uint16_t> coarse_;
  std::vector<Word> words_, row_, allowing_;
  std::vector<Event> events_;
  std::unordered_map<std::string, std::uint16_t> known_rows_;
};

}  // namespace

std::shared_ptr<std::byte> ProgramArena::allocate(std::size_t bytes) {
  constexpr std::size_t kBlockBytes = std::size_t{2} << 20;  // a huge page of x86-64 and AArch64
  bytes = (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
  if (bytes > kBlockBytes / 8) return allocate_alone(bytes);
  const std::lock_guard lock(mutex_);
  if (block_ == nullptr || used_ + bytes > kBlockBytes) {
    auto* block = static_cast<std::byte*>(std::aligned_alloc(kBlockBytes, kBlockBytes));
    if (block == nullptr) return allocate_alone(bytes);
    // A request only: without huge pages everything works as well.
    (void)madvise(block, kBlockBytes, MADV_HUGEPAGE);
    block_ = {block, [](std::byte* it) { std::free(it); }};
    used_ = 0;
  }
  std::shared_ptr<std::byte> out(block_, block_.get() + used_);
  used_ += bytes;
  return out;
}

std::shared_ptr<const Program> Program::build(const Policies& policies, ProgramArena* arena) {
  return Builder(policies, arena).build();
}

void Program::prefetch(const Action& action) const {
  const Data& head = data();
  __builtin_prefetch(&head);
  if (action.id() == Action::kUnknown) return;
  __builtin_prefetch(head.coarse() + action.id() / Data::kBlock);
  // Where the sources lie stands in the head, which is on its way; they nearly always follow here.
  const std::size_t sources = sizeof(Data) + (action_id_count() / Data::kBlock + 2) * 2;
  __builtin_prefetch(head.at<std::byte>(sources));
  __builtin_prefetch(head.at<std::byte>(sources + kLineBytes));
}

std::size_t Program::memory_bytes() const { return data().bytes; }

}  // namespace rolecall::policy
