#include "keys/sd_bus.h"

#include <dlfcn.h>

namespace rolecall::keys {
namespace {

template <class Function>
bool find(void* library, const char* name, Function*& out) {
  out = reinterpret_cast<Function*>(::dlsym(library, name));
  return out != nullptr;
}

bool find_all(void* library, SdBus& out) {
  find(library, "sd_bus_message_sensitive", out.message_sensitive);
  return find(library, "sd_bus_open_user", out.open_user) &&
         find(library, "sd_bus_flush_close_unref", out.flush_close_unref) &&
         find(library, "sd_bus_slot_unref", out.slot_unref) &&
         find(library, "sd_bus_call", out.call) &&
         find(library, "sd_bus_add_match", out.add_match) &&
         find(library, "sd_bus_process", out.process) && find(library, "sd_bus_wait", out.wait) &&
         find(library, "sd_bus_message_new_method_call", out.message_new_method_call) &&
         find(library, "sd_bus_message_unref", out.message_unref) &&
         find(library, "sd_bus_message_append_basic", out.message_append_basic) &&
         find(library, "sd_bus_message_append_array", out.message_append_array) &&
         find(library, "sd_bus_message_open_container", out.message_open_container) &&
         find(library, "sd_bus_message_close_container", out.message_close_container) &&
         find(library, "sd_bus_message_read_basic", out.message_read_basic) &&
         find(library, "sd_bus_message_read_array", out.message_read_array) &&
         find(library, "sd_bus_message_enter_container", out.message_enter_container) &&
         find(library, "sd_bus_message_exit_container", out.message_exit_container) &&
         find(library, "sd_bus_message_skip", out.message_skip) &&
         find(library, "sd_bus_error_free", out.error_free);
}

}  // namespace

Result<const SdBus*> SdBus::load() {
  // Function pointers of a library that stays: the same for everybody, and immutable.
  static SdBus functions{};
  static const bool loaded = [] {
    for (const char* name : {"libsystemd.so.0", "libelogind.so.0"}) {
      void* library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
      if (library == nullptr) continue;
      if (find_all(library, functions)) return true;
      ::dlclose(library);
    }
    return false;
  }();
  if (!loaded) return fault("neither libsystemd.so.0 nor libelogind.so.0 is here");
  return &functions;
}

}  // namespace rolecall::keys
