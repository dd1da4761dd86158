// The one writer: every change to an account, a bucket's objects or the trail goes through here,
// and is acknowledged only when it is on the disk. Changes that wait together share one commit (one
// fsync).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/state.h"

namespace rolecall::store {

class ObjectTxn;  // objects.h

// What a job may do while it holds the writer. Valid during the job only.
class WriteTxn {
 public:
  virtual ~WriteTxn() = default;
  // The newest state, with what earlier jobs of the same commit did and what this job applied.
  virtual const identity::State& state() const = 0;
  // Logs and applies the events.
  virtual void apply(const identity::Events& events) = 0;
  // The object index, inside this commit's transaction.
  virtual ObjectTxn& objects() = 0;
  // Adds an audit record (CloudTrail JSON) that becomes durable with this commit.
  virtual void audit(std::string_view record) = 0;
};

// A job's refusal (Error) undoes all it did through its WriteTxn; its audit records stay.
using WriteJob = std::move_only_function<Status(WriteTxn&)>;
// Called on the writer's thread after the commit: with the job's status, or with a Fault when the
// commit failed (then nothing of it happened).
using WriteDone = std::move_only_function<void(Status)>;

class Writer {
 public:
  virtual ~Writer() = default;
  // Any thread. When the queue is full (kQueueMax) the job is refused at once with
  // ServiceUnavailable through `done`.
  virtual void submit(WriteJob job, WriteDone done) = 0;
  // Any thread. Records of reads and refusals: written in batches within a second, and before
  // close() returns.
  virtual void audit_later(std::string_view record) = 0;
  // The newest published state. Any thread; cheap (a per-thread copy refreshed when an atomic
  // generation moves).
  virtual identity::Snapshot snapshot() const = 0;
};

}  // namespace rolecall::store
