// Counters, gauges and histograms, and their text for Prometheus.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rolecall::metrics {

// Threads that count at once write to cells of their own: more threads than this share some.
inline constexpr std::size_t kShards = 8;
// The calling thread's cell.
std::size_t shard();

struct alignas(64) Cell {
  std::atomic<std::uint64_t> value{0};
};

// Only ever grows. Any thread; a few ns.
class Counter {
 public:
  void add(std::uint64_t n = 1) { cells_[shard()].value.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const;

 private:
  std::array<Cell, kShards> cells_;
};

// Goes up and down. Any thread.
class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Counts observations by size. Any thread.
class Histogram {
 public:
  // `upper_bounds`: ascending, inclusive; what lies above the last is counted too.
  explicit Histogram(std::vector<double> upper_bounds);
  void observe(double value);

  struct View {
    std::vector<std::uint64_t> counts;  // one a bound, not cumulative, and one above all
    std::uint64_t count = 0;
    double sum = 0;
  };
  View view() const;
  const std::vector<double>& bounds() const { return bounds_; }

 private:
  struct alignas(64) Shard {
    std::unique_ptr<std::atomic<std::uint64_t>[]> counts;
    std::atomic<double> sum{0};
  };
  std::vector<double> bounds_;
  std::array<Shard, kShards> shards_;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

// Owns the instruments; they live as long as it does. Asking again for a name with the same labels
// gives the same instrument, so ask once and keep the reference: looking up takes a lock.
//   auto& calls = registry.counter("rolecall_calls_total", "API calls", {{"service", "sts"}});
//   calls.add();
class Registry {
 public:
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                       Labels labels = {});
  // Values that live elsewhere, read whenever text() is made; `read` is called from its thread.
  void counter_from(std::string_view name, std::string_view help, Labels labels,
                    std::function<double()> read);
  void gauge_from(std::string_view name, std::string_view help, Labels labels,
                  std::function<double()> read);

  // Prometheus's text format 0.0.4 (Content-Type: text/plain; version=0.0.4; charset=utf-8),
  // families in the order in which they were made. Any thread.
  std::string text() const;

 private:
  enum class Kind { counter, gauge, histogram };
  struct Series {
    Labels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
  };
  struct Family {
    std::string name, help;
    Kind kind;
    std::vector<std::unique_ptr<Series>> series;
  };
  Series& find_or_add(std::string_view name, std::string_view help, Kind kind, Labels labels);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;
};

}  // namespace rolecall::metrics
