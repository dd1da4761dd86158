// What an operation works at: the call it is given, with everything that call refers to.
#pragma once

#include "door/flight.h"
#include "guard/judge.h"
#include "services/core/call.h"

namespace rolecall::door {

class Door;

// Stays where it is made: the call refers to its neighbours.
class Bench {
 public:
  // `flight` and `state` must outlive it.
  Bench(const Door& door, const Flight& flight, const identity::State& state);
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  const services::Call& call() const { return call_; }
  const guard::Judge& judge() const { return judge_; }

 private:
  Instant now_;
  guard::RequestFacts facts_;
  guard::JudgeTools tools_;
  guard::Judge judge_;
  services::Call call_;
};

// A bench that keeps its flight: for exchanges that end on another thread.
struct FlightBench {
  FlightBench(const Door& door, FlightRef f)
      : flight(std::move(f)), bench(door, *flight, *flight->snapshot) {}
  FlightRef flight;
  Bench bench;
};

}  // namespace rolecall::door
