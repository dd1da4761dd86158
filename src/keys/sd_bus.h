// libsystemd's sd-bus (or elogind's, the same interface), loaded when it is first needed: the
// program neither links nor requires it. Names and types are sd-bus(3)'s.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rolecall::keys {

struct sd_bus;
struct sd_bus_message;
struct sd_bus_error {
  const char* name;
  const char* message;
  int need_free;
};

// The functions used here; each points into the library.
struct SdBus {
  int (*open_user)(sd_bus**);
  sd_bus* (*flush_close_unref)(sd_bus*);
  int (*call)(sd_bus*, sd_bus_message*, std::uint64_t usec, sd_bus_error*, sd_bus_message** reply);
  int (*add_match)(sd_bus*, void** slot, const char* match,
                   int (*callback)(sd_bus_message*, void*, sd_bus_error*), void* data);
  void* (*slot_unref)(void* slot);
  int (*process)(sd_bus*, sd_bus_message**);
  int (*wait)(sd_bus*, std::uint64_t usec);
  int (*message_new_method_call)(sd_bus*, sd_bus_message**, const char* destination,
                                 const char* path, const char* interface, const char* member);
  sd_bus_message* (*message_unref)(sd_bus_message*);
  int (*message_append_basic)(sd_bus_message*, char type, const void*);
  int (*message_append_array)(sd_bus_message*, char type, const void*, std::size_t);
  int (*message_open_container)(sd_bus_message*, char type, const char* contents);
  int (*message_close_container)(sd_bus_message*);
  int (*message_read_basic)(sd_bus_message*, char type, void*);
  int (*message_read_array)(sd_bus_message*, char type, const void**, std::size_t*);
  int (*message_enter_container)(sd_bus_message*, char type, const char* contents);
  int (*message_exit_container)(sd_bus_message*);
  int (*message_skip)(sd_bus_message*, const char* types);
  int (*message_sensitive)(sd_bus_message*);  // wipes it when freed; may be null (before v245)
  void (*error_free)(sd_bus_error*);

  // Loaded once a process; a failure names the libraries that were tried.
  static Result<const SdBus*> load();
};

}  // namespace rolecall::keys
