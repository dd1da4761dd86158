#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace rolecall::metrics {
namespace {

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += c;
  }
  return out;
}

// `{a="1",le="0.5"}`, or nothing without labels.
std::string label_text(const Labels& labels, std::string_view bound = {}) {
  std::string out;
  for (const auto& [name, value] : labels)
    out += (out.empty() ? "" : ",") + name + "=\"" + escaped(value, true) + "\"";
  if (!bound.empty()) out += fmt::format("{}le=\"{}\"", out.empty() ? "" : ",", bound);
  return out.empty() ? out : "{" + out + "}";
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

bool is_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
  });
}

void append_histogram(std::string& out, const std::string& name, const Labels& labels,
                      const Histogram& histogram) {
  const Histogram::View view = histogram.view();
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < view.counts.size(); ++i) {
    below += view.counts[i];
    const std::string bound =
        i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
    out += fmt::format("{}_bucket{} {}\n", name, label_text(labels, bound), below);
  }
  out += fmt::format("{}_sum{} {}\n", name, label_text(labels), number(view.sum));
  out += fmt::format("{}_count{} {}\n", name, label_text(labels), view.count);
}

}  // namespace

std::size_t shard() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t own = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return own;
}

std::uint64_t Counter::value() const {
  std::uint64_t sum = 0;
  for (const Cell& cell : cells_) sum += cell.value.load(std::memory_order_relaxed);
  return sum;
}

Histogram::Histogram(std::vector<double> upper_bounds) : bounds_(std::move(upper_bounds)) {
  RC_ASSERT(std::is_sorted(bounds_.begin(), bounds_.end()));
  for (Shard& one : shards_)
    one.counts = std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1);
}

void Histogram::observe(double value) {
  const auto bucket = static_cast<std::size_t>(
      std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
  Shard& own = shards_[shard()];
  own.counts[bucket].fetch_add(1, std::memory_order_relaxed);
  own.sum.fetch_add(value, std::memory_order_relaxed);
}

Histogram::View Histogram::view() const {
  View view;
  view.counts.resize(bounds_.size() + 1);
  for (const Shard& one : shards_) {
    for (std::size_t i = 0; i < view.counts.size(); ++i)
      view.counts[i] += one.counts[i].load(std::memory_order_relaxed);
    view.sum += one.sum.load(std::memory_order_relaxed);
  }
  for (const std::uint64_t count : view.counts) view.count += count;
  return view;
}

Registry::Series& Registry::find_or_add(std::string_view name, std::string_view help, Kind kind,
                                        Labels labels) {
  RC_ASSERT(is_name(name));
  auto family = std::find_if(families_.begin(), families_.end(),
                             [&](const auto& one) { return one->name == name; });
  if (family == families_.end()) {
    families_.push_back(
        std::make_unique<Family>(Family{std::string(name), std::string(help), kind, {}}));
    family = families_.end() - 1;
  }
  RC_ASSERT((*family)->kind == kind);
  for (const auto& series : (*family)->series)
    if (series->labels == labels) return *series;
  (*family)->series.push_back(std::make_unique<Series>());
  Series& added = *(*family)->series.back();
  added.labels = std::move(labels);
  return added;
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard lock(mutex_);
  Series& series = find_or_add(name, help, Kind::counter, std::move(labels));
  if (!series.counter) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
  const std::lock_guard lock(mutex_);
  Series& series = find_or_add(name, help, Kind::gauge, std::move(labels));
  if (!series.gauge) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help,
                               std::vector<double> bounds, Labels labels) {
  const std::lock_guard lock(mutex_);
  Series& series = find_or_add(name, help, Kind::histogram, std::move(labels));
  if (!series.histogram) series.histogram = std::make_unique<Histogram>(std::move(bounds));
  return *series.histogram;
}

void Registry::counter_from(std::string_view name, std::string_view help, Labels labels,
                            std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  find_or_add(name, help, Kind::counter, std::move(labels)).read = std::move(read);
}

void Registry::gauge_from(std::string_view name, std::string_view help, Labels labels,
                          std::function<double()> read) {
  const std::lock_guard lock(mutex_);
  find_or_add(name, help, Kind::gauge, std::move(labels)).read = std::move(read);
}

std::string Registry::text() const {
  static constexpr std::string_view kKinds[] = {"counter", "gauge", "histogram"};
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& family : families_) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family->name, escaped(family->help, false),
                       family->name, kKinds[static_cast<std::size_t>(family->kind)]);
    for (const auto& series : family->series) {
      if (series->histogram) {
        append_histogram(out, family->name, series->labels, *series->histogram);
        continue;
      }
      out += family->name + label_text(series->labels) + " ";
      if (series->read)
        out += number(series->read());
      else if (series->counter)
        out += std::to_string(series->counter->value());
      else if (series->gauge)
        out += std::to_string(series->gauge->value());
      out += "\n";
    }
  }
  return out;
}

}  // namespace rolecall::metrics
