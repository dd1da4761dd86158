#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace rolecall::metrics {
namespace {

TEST(Metrics, TextIsPrometheus) {
  Registry registry;
  registry.counter("calls_total", "API calls\nof all kinds", {{"service", "a\"b\\c\nd"}}).add(3);
  registry.counter("calls_total", "", {{"service", "sts"}}).add();
  registry.gauge("open", "Open connections").set(-2);
  auto& seconds = registry.histogram("seconds", "Durations", {0.5, 1}, {{"op", "x"}});
  for (const double value : {0.25, 0.5, 0.75, 8.0}) seconds.observe(value);
  registry.gauge_from("memory_bytes", "Memory", {}, [] { return 1.5; });
  EXPECT_EQ(registry.text(),
            "# HELP calls_total API calls\\nof all kinds\n# TYPE calls_total counter\n"
            "calls_total{service=\"a\\\"b\\\\c\\nd\"} 3\ncalls_total{service=\"sts\"} 1\n"
            "# HELP open Open connections\n# TYPE open gauge\nopen -2\n"
            "# HELP seconds Durations\n# TYPE seconds histogram\n"
            "seconds_bucket{op=\"x\",le=\"0.5\"} 2\nseconds_bucket{op=\"x\",le=\"1\"} 3\n"
            "seconds_bucket{op=\"x\",le=\"+Inf\"} 4\nseconds_sum{op=\"x\"} 9.5\n"
            "seconds_count{op=\"x\"} 4\n"
            "# HELP memory_bytes Memory\n# TYPE memory_bytes gauge\nmemory_bytes 1.5\n");
}

TEST(Metrics, ThreadsLoseNothing) {
  Registry registry;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 12; ++i)
    threads.emplace_back([&] {
      auto& counter = registry.counter("n", "");
      auto& histogram = registry.histogram("h", "", {1});
      for (int k = 0; k < 1000; ++k) {
        counter.add();
        histogram.observe(2);
      }
    });
  threads.clear();
  EXPECT_EQ(registry.counter("n", "").value(), 12'000u);
  const auto view = registry.histogram("h", "", {}).view();
  EXPECT_EQ(view.count, 12'000u);
  EXPECT_EQ(view.sum, 24'000);
}

}  // namespace
}  // namespace rolecall::metrics
