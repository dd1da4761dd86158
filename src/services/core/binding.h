// Binds modelled operations to the functions that do them. A service offers one table:
//
//   std::span<const Binding> bindings() {
//     static const Binding table[] = {serve(get_role), serve(create_role)};
//     return table;
//   }
//
// Name and types are the function's own. The front door looks an operation up, has wire/ read its
// input, and runs it. Nothing here knows HTTP or SQL.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "services/core/call.h"

namespace rolecall::services {

// A value of a type that only the binding and the descriptors know.
class Erased {
 public:
  Erased() : value_(nullptr, nullptr) {}
  template <class T>
  static Erased of(T value) {
    Erased out;
    out.value_ = {new T(std::move(value)), [](void* p) { delete static_cast<T*>(p); }};
    return out;
  }
  // Of the same type as T = the input that a binding's function takes.
  static Erased adopt(std::unique_ptr<void, void (*)(void*)> value) {
    Erased out;
    out.value_ = std::move(value);
    return out;
  }
  void* get() { return value_.get(); }
  const void* get() const { return value_.get(); }
  explicit operator bool() const { return value_ != nullptr; }

 private:
  std::unique_ptr<void, void (*)(void*)> value_;
};

struct ErasedChange {
  identity::Events events;
  Erased output;
};

enum class BindingKind : std::uint8_t {
  read,   // run_read, on the connection's thread
  write,  // run_write, on the writer
  custom  // neither: the service handles the exchange itself (S3's object data)
};

using AnyFunction = void (*)();

struct Binding {
  std::string_view name;
  BindingKind kind;
  Result<Erased> (*run_read)(AnyFunction, const void* in, const Call&);
  Result<ErasedChange> (*run_write)(AnyFunction, const void* in, const Call&);
  AnyFunction function;
  // A read that some inputs turn into a write: then `write_function` runs with run_write, on the
  // writer.
  bool (*needs_writer)(const void* in) = nullptr;
  AnyFunction write_function = nullptr;
};

// A read.
template <class In, class Out>
Binding serve(Result<Out> (*function)(const In&, const Call&)) {
  return {In::kOperation, BindingKind::read,
          [](AnyFunction f, const void* in, const Call& call) -> Result<Erased> {
            auto run = reinterpret_cast<Result<Out> (*)(const In&, const Call&)>(f);
            auto out = run(*static_cast<const In*>(in), call);
            if (!out) return std::move(out).error();
            return Erased::of(std::move(*out));
          },
          nullptr, reinterpret_cast<AnyFunction>(function)};
}

// A write.
template <class In, class Out>
Binding serve(Result<Change<Out>> (*function)(const In&, const Call&)) {
  return {In::kOperation, BindingKind::write, nullptr,
          [](AnyFunction f, const void* in, const Call& call) -> Result<ErasedChange> {
            auto run = reinterpret_cast<Result<Change<Out>> (*)(const In&, const Call&)>(f);
            auto change = run(*static_cast<const In*>(in), call);
            if (!change) return std::move(change).error();
            return ErasedChange{std::move(change->events), Erased::of(std::move(change->output))};
          },
          reinterpret_cast<AnyFunction>(function)};
}

// A read, unless `NeedsWriter` says that this input has something to remember (AssumeRole with an
// MFA code): serve<has_code>(assume_role, assume_role_with_code). The front door must ask it before
// it chooses the thread:
//   if (binding.needs_writer && binding.needs_writer(in)) … binding.run_write(
//       binding.write_function, in, call) …
template <auto NeedsWriter, class In, class Out>
Binding serve(Result<Out> (*read)(const In&, const Call&),
              Result<Change<Out>> (*write)(const In&, const Call&)) {
  Binding binding = serve(read);
  const Binding writing = serve(write);
  binding.run_write = writing.run_write;
  binding.write_function = writing.function;
  binding.needs_writer = [](const void* in) { return NeedsWriter(*static_cast<const In*>(in)); };
  return binding;
}

// An operation that the service's data plane does itself, because bytes stream with it. `In` is its
// generated input.
template <class In>
Binding custom() {
  return {In::kOperation, BindingKind::custom, nullptr, nullptr, nullptr};
}

}  // namespace rolecall::services
