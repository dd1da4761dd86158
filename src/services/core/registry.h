// Binds modelled operations to the functions that do them. A service offers one table:
//
//   std::span<const Binding> iam_bindings() {
//     static const Binding table[] = {
//         read<GetRoleInput, GetRoleOutput>("GetRole", get_role),
//         write<CreateRoleInput, CreateRoleOutput>("CreateRole", create_role),
//     };
//     return table;
//   }
//
// The front door looks an operation up, has wire/ read its input, and runs it.
// Nothing here knows HTTP or SQL.
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
  // A read that some inputs turn into a write (read_or_write): then `write_function` runs with
  // run_write, on the writer.
  bool (*needs_writer)(const void* in) = nullptr;
  AnyFunction write_function = nullptr;
};

template <class In, class Out>
Binding read(std::string_view name, Result<Out> (*function)(const In&, const Call&)) {
  return {name, BindingKind::read,
          [](AnyFunction f, const void* in, const Call& call) -> Result<Erased> {
            auto run = reinterpret_cast<Result<Out> (*)(const In&, const Call&)>(f);
            RC_TRY(Out out, run(*static_cast<const In*>(in), call));
            return Erased::of(std::move(out));
          },
          nullptr, reinterpret_cast<AnyFunction>(function)};
}

template <class In, class Out>
Binding write(std::string_view name, Result<Change<Out>> (*function)(const In&, const Call&)) {
  return {name, BindingKind::write, nullptr,
          [](AnyFunction f, const void* in, const Call& call) -> Result<ErasedChange> {
            auto run = reinterpret_cast<Result<Change<Out>> (*)(const In&, const Call&)>(f);
            RC_TRY(Change<Out> change, run(*static_cast<const In*>(in), call));
            return ErasedChange{std::move(change.events), Erased::of(std::move(change.output))};
          },
          reinterpret_cast<AnyFunction>(function)};
}

// A read, unless `NeedsWriter` says that this input has something to remember (AssumeRole with an
// MFA code). The front door must ask it before it chooses the thread:
//   if (binding.needs_writer && binding.needs_writer(in)) … binding.run_write(
//       binding.write_function, in, call) …
template <auto NeedsWriter, class In, class Out>
Binding read_or_write(std::string_view name, Result<Out> (*read_function)(const In&, const Call&),
                      Result<Change<Out>> (*write_function)(const In&, const Call&)) {
  Binding binding = read<In, Out>(name, read_function);
  const Binding writing = write<In, Out>(name, write_function);
  binding.run_write = writing.run_write;
  binding.write_function = writing.function;
  binding.needs_writer = [](const void* in) { return NeedsWriter(*static_cast<const In*>(in)); };
  return binding;
}

// An operation that the service's data plane does itself, because bytes stream with it.
inline Binding custom(std::string_view name) {
  return {name, BindingKind::custom, nullptr, nullptr, nullptr};
}

// What a resource type of the authorization facts means in this service: `id` are the texts found
// at the fact's member paths. Returned pointers live as long as call.state.
struct ResolvedResource {
  std::string arn = "*";
  AccountId account;                               // owner; empty: the caller's account
  const identity::StoredPolicy* policy = nullptr;  // resource-based or trust policy
  const identity::Tags* tags = nullptr;            // aws:ResourceTag/…
  // Condition keys that come from the resource (iam:ResourceTag is made from `tags` by the guard).
  std::vector<std::pair<std::string, std::vector<std::string>>> keys = {};
  std::string shown = {};  // how a refusal prints it ("user bea" in IAM); empty: the ARN
};
using Resolver = Result<ResolvedResource> (*)(std::string_view type,
                                              std::span<const std::string> id, const Call&);

}  // namespace rolecall::services
