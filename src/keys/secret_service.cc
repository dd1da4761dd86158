#include "keys/secret_service.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "keys/sd_bus.h"

namespace rolecall::keys {
namespace {

constexpr const char* kService = "org.freedesktop.secrets";
constexpr const char* kRoot = "/org/freedesktop/secrets";
constexpr const char* kServiceInterface = "org.freedesktop.Secret.Service";
constexpr const char* kCollectionInterface = "org.freedesktop.Secret.Collection";
constexpr const char* kItemInterface = "org.freedesktop.Secret.Item";
constexpr const char* kPromptInterface = "org.freedesktop.Secret.Prompt";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";
constexpr const char* kNothing = "/";  // the object path that says "none"
// Starting the service and unlocking a key file in it take their time.
constexpr std::uint64_t kCallMicroseconds = 25'000'000;

using Attributes = std::vector<std::pair<std::string, std::string>>;

// A message that is given back. Every step notes a failure, so that a row of them is checked once.
class Message {
 public:
  Message(const SdBus& bus, sd_bus_message* message) : bus_(&bus), message_(message) {}
  Message(Message&& other) noexcept
      : bus_(other.bus_), message_(std::exchange(other.message_, nullptr)), good_(other.good_) {}
  Message& operator=(Message&& other) noexcept {
    std::swap(bus_, other.bus_);
    std::swap(message_, other.message_);
    std::swap(good_, other.good_);
    return *this;
  }
  ~Message() {
    if (message_ != nullptr) bus_->message_unref(message_);
  }
  sd_bus_message* get() const { return message_; }
  bool good() const { return good_ && message_ != nullptr; }
  void sensitive() {
    if (bus_->message_sensitive != nullptr) bus_->message_sensitive(message_);
  }

  Message& text(const std::string& value) { return basic('s', value.c_str()); }
  Message& path(const std::string& value) { return basic('o', value.c_str()); }
  Message& boolean(bool value) {
    const int number = value ? 1 : 0;
    return basic('b', &number);
  }
  Message& bytes(std::string_view value) {
    return note(bus_->message_append_array(message_, 'y', value.data(), value.size()));
  }
  Message& open(char type, const char* contents) {
    return note(bus_->message_open_container(message_, type, contents));
  }
  Message& close() { return note(bus_->message_close_container(message_)); }
  Message& paths(const std::vector<std::string>& values) {
    open('a', "o");
    for (const auto& value : values) path(value);
    return close();
  }
  Message& attributes(const Attributes& values) {
    open('a', "{ss}");
    for (const auto& [name, value] : values) open('e', "ss").text(name).text(value).close();
    return close();
  }

  std::string read_text(char type) {
    const char* value = nullptr;
    note(bus_->message_read_basic(message_, type, &value));
    return good_ && value != nullptr ? value : "";
  }
  Secret read_bytes() {
    const void* data = nullptr;
    std::size_t size = 0;
    note(bus_->message_read_array(message_, 'y', &data, &size));
    return good_ ? Secret(std::string(static_cast<const char*>(data), size)) : Secret();
  }
  bool read_boolean() {
    int value = 0;
    note(bus_->message_read_basic(message_, 'b', &value));
    return value != 0;
  }
  Message& enter(char type, const char* contents) {
    return note(bus_->message_enter_container(message_, type, contents));
  }
  // Whether there is one more element to enter.
  bool enter_next(char type, const char* contents) {
    const int result = good_ ? bus_->message_enter_container(message_, type, contents) : -1;
    if (result < 0) good_ = false;
    return result > 0;
  }
  Message& exit() { return note(bus_->message_exit_container(message_)); }
  Message& skip(const char* types) { return note(bus_->message_skip(message_, types)); }
  std::vector<std::string> read_paths() {
    std::vector<std::string> out;
    enter('a', "o");
    while (good_) {
      const char* value = nullptr;
      const int result = bus_->message_read_basic(message_, 'o', &value);
      if (result <= 0) {
        good_ = result == 0;
        break;
      }
      out.emplace_back(value);
    }
    exit();
    return out;
  }
  Attributes read_attributes() {
    Attributes out;
    enter('a', "{ss}");
    while (enter_next('e', "ss")) {
      std::string name = read_text('s');
      out.emplace_back(std::move(name), read_text('s'));
      exit();
    }
    exit();
    return out;
  }

 private:
  Message& basic(char type, const void* value) {
    return note(bus_->message_append_basic(message_, type, value));
  }
  Message& note(int result) {
    if (result < 0) good_ = false;
    return *this;
  }

  const SdBus* bus_;
  sd_bus_message* message_;
  bool good_ = true;
};

Error unexpected() { return fault("the secret service gave an answer that is not in its API"); }

class SecretService final : public Store {
 public:
  SecretService(const SdBus& functions, sd_bus* bus, std::string collection, Dialogues dialogues)
      : functions_(functions),
        bus_(bus),
        dialogues_(dialogues),
        collection_(std::move(collection)) {}
  SecretService(const SecretService&) = delete;
  SecretService& operator=(const SecretService&) = delete;
  ~SecretService() override { functions_.flush_close_unref(bus_); }

  Backend backend() const override { return Backend::secret_service; }
  std::string where() const override { return "the secret service of the session bus"; }
  bool lasts() const override { return true; }

  // Secrets travel in the clear over the user's own bus, which no other user can read.
  Status start() {
    Message call = method(kRoot, kServiceInterface, "OpenSession");
    call.text("plain").open('v', "s").text("").close();
    RC_TRY(Message reply, send(call));
    session_ = reply.skip("v").read_text('o');
    if (!reply.good()) return unexpected();
    return {};
  }

  Result<std::optional<Entry>> get(const std::string& name) override {
    RC_TRY(const auto item, find(name));
    if (!item) return std::optional<Entry>();
    RC_CHECK(unlock(*item));
    Message call = method(kRoot, kServiceInterface, "GetSecrets");
    call.paths({*item}).path(session_);
    RC_TRY(Message reply, send(call));
    reply.sensitive();
    reply.enter('a', "{o(oayays)}");
    if (!reply.enter_next('e', "o(oayays)")) {
      return fault("the secret service keeps `" + name + "` locked");
    }
    const Secret secret = reply.skip("o").enter('r', "oayays").skip("oay").read_bytes();
    if (!reply.good()) return unexpected();
    auto entry = parse_entry(secret.reveal());
    if (!entry) return fault("what is kept as `" + name + "` in " + where() + " is no key of ours");
    return entry;
  }

  Status put(const std::string& name, const Entry& entry) override {
    RC_CHECK(check(name, entry));
    RC_TRY(const std::string collection, default_collection());
    RC_CHECK(unlock(collection));
    // Same attributes would replace; the key id is among them and may have changed.
    RC_TRY(const auto old, find(name));
    Attributes attributes = attributes_of(name);
    attributes.emplace_back("access_key_id", entry.access_key_id);
    Message call = method(collection, kCollectionInterface, "CreateItem");
    call.sensitive();
    call.open('a', "{sv}");
    call.open('e', "sv").text(std::string(kItemInterface) + ".Label").open('v', "s");
    call.text("AWS access key of " + name + " (rolecall)").close().close();
    call.open('e', "sv").text(std::string(kItemInterface) + ".Attributes").open('v', "a{ss}");
    call.attributes(attributes).close().close().close();
    call.open('r', "oayays").path(session_).bytes("").bytes(format_entry(entry).reveal());
    call.text("text/plain").close().boolean(true);
    RC_TRY(Message reply, send(call));
    const std::string made = reply.read_text('o');
    const std::string prompt = reply.read_text('o');
    if (!reply.good()) return unexpected();
    RC_CHECK(answer(prompt));
    if (old && *old != made) return remove_item(*old);
    return {};
  }

  Result<bool> remove(const std::string& name) override {
    bool removed = false;
    while (true) {
      RC_TRY(const auto item, find(name));
      if (!item) return removed;
      if (removed && *item == last_removed_) return fault("the secret service removed nothing");
      RC_CHECK(unlock(*item));
      RC_CHECK(remove_item(*item));
      last_removed_ = *item;
      removed = true;
    }
  }

  Result<std::vector<Item>> list() override {
    RC_TRY(const auto found, search(attributes_of({})));
    std::vector<Item> out;
    for (const auto& path : found) {
      Message call = method(path, kProperties, "Get");
      call.text(kItemInterface).text("Attributes");
      RC_TRY(Message reply, send(call));
      reply.enter('v', "a{ss}");
      Item item;
      for (const auto& [name, value] : reply.read_attributes()) {
        if (name == "name") item.name = value;
        if (name == "access_key_id") item.access_key_id = value;
      }
      if (!reply.good()) return unexpected();
      out.push_back(std::move(item));
    }
    std::sort(out.begin(), out.end(), [](const Item& a, const Item& b) { return a.name < b.name; });
    return out;
  }

 private:
  // "xdg:schema" is what libsecret and Seahorse look at.
  Attributes attributes_of(const std::string& name) const {
    Attributes out{{"xdg:schema", "org.rolecall.AccessKey"}, {"collection", collection_}};
    if (!name.empty()) out.emplace_back("name", name);
    return out;
  }

  Message method(const std::string& path, const char* interface, const char* member) {
    sd_bus_message* message = nullptr;
    if (functions_.message_new_method_call(bus_, &message, kService, path.c_str(), interface,
                                           member) < 0) {
      message = nullptr;
    }
    return Message(functions_, message);
  }

  Result<Message> send(Message& call) {
    if (!call.good()) return fault("a call to the secret service could not be made");
    sd_bus_error error{};
    sd_bus_message* reply = nullptr;
    const int result = functions_.call(bus_, call.get(), kCallMicroseconds, &error, &reply);
    Message out(functions_, reply);
    if (result >= 0) return out;
    // What a service says holds no secret of ours: it is told names and bytes only.
    const std::string text = error.message != nullptr ? error.message : std::strerror(-result);
    functions_.error_free(&error);
    return fault("the secret service: " + text);
  }

  Result<std::vector<std::string>> search(const Attributes& attributes) {
    Message call = method(kRoot, kServiceInterface, "SearchItems");
    call.attributes(attributes);
    RC_TRY(Message reply, send(call));
    std::vector<std::string> out = reply.read_paths();
    for (auto& path : reply.read_paths()) out.push_back(std::move(path));
    if (!reply.good()) return unexpected();
    return out;
  }

  Result<std::optional<std::string>> find(const std::string& name) {
    RC_TRY(auto found, search(attributes_of(name)));
    if (found.empty()) return std::optional<std::string>();
    return std::optional<std::string>(std::move(found.front()));
  }

  Result<std::string> default_collection() {
    Message call = method(kRoot, kServiceInterface, "ReadAlias");
    call.text("default");
    RC_TRY(Message reply, send(call));
    std::string path = reply.read_text('o');
    if (!reply.good()) return unexpected();
    if (path == kNothing) {
      return fault(
          "the secret service has no default keyring yet: make one in the desktop's "
          "settings, or use ROLECALL_KEYS=file");
    }
    return path;
  }

  // Asks for the desktop's dialogue when the object is locked.
  Status unlock(const std::string& object) {
    Message call = method(kRoot, kServiceInterface, "Unlock");
    call.paths({object});
    RC_TRY(Message reply, send(call));
    reply.read_paths();
    const std::string prompt = reply.read_text('o');
    if (!reply.good()) return unexpected();
    return answer(prompt);
  }

  Status remove_item(const std::string& item) {
    Message call = method(item, kItemInterface, "Delete");
    RC_TRY(Message reply, send(call));
    const std::string prompt = reply.read_text('o');
    if (!reply.good()) return unexpected();
    return answer(prompt);
  }

  struct Answered {
    const SdBus* functions;
    bool done = false, dismissed = false;
  };
  static int on_completed(sd_bus_message* message, void* data, sd_bus_error*) {
    auto* answered = static_cast<Answered*>(data);
    int dismissed = 0;
    answered->functions->message_read_basic(message, 'b', &dismissed);
    answered->dismissed = dismissed != 0;
    answered->done = true;
    return 0;
  }

  // Waits until the person has dealt with a prompt. kNothing: there is none.
  Status answer(const std::string& prompt) {
    if (prompt == kNothing) return {};
    if (dialogues_ == Dialogues::refused) {
      return fault(
          "the secret service is locked, and there is no display for its dialogue: unlock "
          "it there, or use ROLECALL_KEYS=file");
    }
    Answered answered{&functions_};
    const std::string match = std::string("type='signal',sender='") + kService + "',path='" +
                              prompt + "',interface='" + kPromptInterface + "',member='Completed'";
    void* slot = nullptr;
    if (functions_.add_match(bus_, &slot, match.c_str(), &on_completed, &answered) < 0) {
      return fault("the secret service's dialogue cannot be waited for");
    }
    Message call = method(prompt, kPromptInterface, "Prompt");
    call.text("");
    const auto begun = send(call);
    Status out;
    if (!begun) out = begun.error();
    for (unsigned tenths = 0; out && !answered.done;) {
      const int worked = functions_.process(bus_, nullptr);
      if (worked < 0) out = fault("the session bus went away");
      if (worked != 0) continue;
      if (++tenths > kPromptSeconds * 10) {
        out = fault("nobody answered the secret service's dialogue");
      } else {
        functions_.wait(bus_, 100'000);
      }
    }
    functions_.slot_unref(slot);
    if (out && answered.dismissed) return fault("the secret service's dialogue was dismissed");
    return out;
  }

  const SdBus& functions_;
  sd_bus* bus_;
  Dialogues dialogues_;
  std::string collection_, session_, last_removed_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_secret_service(const std::string& collection,
                                                   Dialogues dialogues) {
  RC_TRY(const SdBus* functions, SdBus::load());
  sd_bus* bus = nullptr;
  if (const int result = functions->open_user(&bus); result < 0) {
    // ENOMEDIUM: sd-bus's word for an environment that names no bus.
    return fault("there is no session bus" +
                 (result == -ENOMEDIUM ? "" : ": " + std::string(std::strerror(-result))));
  }
  auto store = std::make_unique<SecretService>(*functions, bus, collection, dialogues);
  if (auto started = store->start(); !started) return started.error();
  return std::unique_ptr<Store>(std::move(store));
}

}  // namespace rolecall::keys
