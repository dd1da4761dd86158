#include "calls/parameters.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/encoding.h"
#include "base/files.h"
#include "calls/bind.h"
#include "calls/numbers.h"
#include "calls/shorthand.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

ApiError parameter_error(std::string_view name, std::string_view message) {
  return client::usage_failure("Error parsing parameter '" + std::string(name) +
                               "': " + std::string(message));
}

// Pipes too (`file:///dev/stdin`), so it is read until its end.
Result<std::string> read_whole(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::string out;
  bool good = fd >= 0;
  for (char bytes[64 * 1024]; good;) {
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    good = got >= 0;
    if (got <= 0) break;
    out.append(bytes, static_cast<std::size_t>(got));
    if (out.size() > kParameterFileBytesMax) break;
  }
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!good) {
    return client::usage_failure("[Errno " + std::to_string(error) + "] " + std::strerror(error) +
                                 ": " + python_repr(path));
  }
  if (out.size() > kParameterFileBytesMax) return client::usage_failure("the file is too large");
  return out;
}

// Text as Python's text files have it: every kind of line end is a line feed.
std::string with_line_feeds(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out += '\n';
    }
  }
  return out;
}

class InputReader {
 public:
  InputReader(const wire::Operation& operation, const ReadHow& how)
      : operation_(operation), how_(how) {}

  Result<Input> run(std::span<const Given> given) {
    RC_CHECK(decide_paging(given));
    std::optional<std::string> whole;
    for (const Given& one : given) RC_CHECK(take(one, whole));
    if (whole) RC_CHECK(merge(*whole));
    return std::move(input_);
  }

 private:
  bool is_page_member(std::string_view name) const {
    const auto& tokens = operation_.pages.input_tokens;
    return name == operation_.pages.page_size || std::ranges::find(tokens, name) != tokens.end();
  }

  // Who gives a service's own token or limit turns pages for himself.
  Status decide_paging(std::span<const Given> given) {
    input_.paginate = how_.paginate && operation_.pages.paged();
    for (const Given& one : given) {
      if (one.argument->hidden) input_.paginate = false;
    }
    if (input_.paginate) return {};
    std::string used;
    for (const Role role : {Role::starting_token, Role::page_size, Role::max_items}) {
      for (const Given& one : given) {
        if (one.argument->role != role || one.argument->member != nullptr) continue;
        used += (used.empty() ? "--" : ", --") + one.argument->name;
      }
    }
    if (used.empty()) return {};
    return client::usage_failure("Cannot specify --no-paginate along with pagination arguments: " +
                                 used);
  }

  Status take(const Given& one, std::optional<std::string>& whole) {
    const Argument& argument = *one.argument;
    const std::string first = one.values.empty() ? "" : one.values.front();
    switch (argument.role) {
      case Role::member:
        return take_member(argument, one.values);
      case Role::on:
      case Role::off:
        set(*argument.member, json::Value::boolean(argument.role == Role::on));
        return {};
      case Role::structure_on:
        if (!one.values.empty()) return take_member(argument, one.values);
        [[fallthrough]];
      case Role::structure_off: {
        json::Value value = json::Value::object();
        value.add("Value", json::Value::boolean(argument.role == Role::structure_on));
        set(*argument.member, std::move(value));
        return {};
      }
      case Role::body:
        return take_body(argument, first);
      case Role::outfile:
        input_.outfile = first;
        return {};
      case Role::mfa_outfile:
        return take_mfa_outfile(first);
      case Role::mfa_method:
        input_.mfa_method = first;
        return {};
      case Role::input_json: {
        RC_TRY(whole, load(argument.name, first, false));
        return {};
      }
      case Role::skeleton:
        input_.skeleton = one.values.empty() ? "input" : first;
        return {};
      case Role::starting_token:
        input_.starting_token = first;
        return {};
      case Role::page_size: {
        if (argument.number == Number::no) {
          input_.page_size = json::Value::string(first);
          return {};
        }
        RC_TRY(input_.page_size, integer_of(first));
        return {};
      }
      case Role::max_items: {
        if (!input_.paginate) return take_member(argument, one.values);
        RC_TRY(const json::Value number, integer_of(first));
        input_.max_items = number.as_integer();
        return {};
      }
      case Role::count:
        return take_count(first);
      case Role::secondary_addresses:
      case Role::secondary_count:
      case Role::public_address_on:
      case Role::public_address_off:
        return take_interface(argument, one.values);
    }
    return {};
  }

  void set(const wire::Member& member, json::Value value) {
    input_.parameters.add(std::string(member.name), std::move(value));
  }

  Status take_member(const Argument& argument, const std::vector<std::string>& values) {
    const std::string name = "--" + argument.name;
    const wire::Shape& shape = *argument.member->shape;
    auto value = shape.kind == wire::Kind::list ? list_value(name, shape, values)
                                                : single_value(name, shape, values.front());
    if (!value) return std::move(value).error();
    set(*argument.member, std::move(*value));
    return {};
  }

  Result<json::Value> list_value(const std::string& name, const wire::Shape& shape,
                                 std::vector<std::string> values) {
    if (values.size() == 1) {
      RC_TRY(values.front(), load(name, values.front(), false));
      if (trim(values.front()).starts_with('[')) return from_json(name, values.front());
    }
    json::Value out = json::Value::array();
    for (const std::string& text : values) {
      RC_TRY(json::Value item, value_of(name, *shape.element, text));
      out.push(std::move(item));
    }
    return out;
  }

  Result<json::Value> single_value(const std::string& name, const wire::Shape& shape,
                                   const std::string& text) {
    RC_TRY(const std::string loaded, load(name, text, shape.kind == wire::Kind::blob));
    return value_of(name, shape, loaded);
  }

  Result<json::Value> value_of(const std::string& name, const wire::Shape& shape,
                               const std::string& text) {
    switch (shape.kind) {
      case wire::Kind::integer:
      case wire::Kind::long_:
        return integer_of(text);
      case wire::Kind::floating:
      case wire::Kind::double_:
        return real_of(text);
      case wire::Kind::boolean:
        return json::Value::boolean(!equal_ignoring_case(text, "false") && !text.empty());
      case wire::Kind::structure:
      case wire::Kind::map:
      case wire::Kind::list:
        break;
      default:
        return json::Value::string(text);
    }
    const std::string_view begin = trim(text);
    const bool object = begin.starts_with('{'), array = begin.starts_with('[');
    if (array && shape.kind != wire::Kind::list) {
      return parameter_error(name, "Invalid JSON:\n" + text);
    }
    if (object || array) return from_json(name, text);
    // A structure around one text may be given as the text.
    if (shape.kind == wire::Kind::structure && shape.members.size() == 1 &&
        shape.members[0].name == "Value" && shape.members[0].shape->kind == wire::Kind::string &&
        text.find('=') == text.npos) {
      json::Value out = json::Value::object();
      out.add("Value", json::Value::string(text));
      return out;
    }
    auto out = parse_shorthand(
        text, [&](std::string value) { return load(name, std::move(value), false); });
    if (!out) return parameter_error(name, client::failure_text(out.error()));
    RC_CHECK(coerce(*out, shape));
    return std::move(*out);
  }

  static Result<json::Value> from_json(const std::string& name, const std::string& text) {
    auto parsed = json::parse(text);
    if (parsed) return std::move(*parsed);
    return parameter_error(name, "Invalid JSON: " + parsed.error().message + ": line " +
                                     std::to_string(parsed.error().at.line) + " column " +
                                     std::to_string(parsed.error().at.column) +
                                     "\nJSON received: " + text);
  }

  // What file:// and fileb:// stand for; every other text is its own value. Bytes for a blob are
  // written as the text they will be read from again.
  Result<std::string> load(std::string_view name, std::string text, bool is_blob) const {
    const bool binary = text.starts_with("fileb://");
    if (!binary && !text.starts_with("file://")) return text;
    const std::string path =
        how_.environment.expand_path(std::string_view(text).substr(binary ? 8 : 7));
    auto contents = read_whole(path);
    if (!contents) {
      return parameter_error(
          name, "Unable to load paramfile " + text + ": " + client::failure_text(contents.error()));
    }
    if (binary) {
      return is_blob && !how_.blobs_are_raw ? base64_encode(*contents) : std::move(*contents);
    }
    if (!is_valid_utf8(*contents)) {
      return parameter_error(
          name, "Unable to load paramfile (" + path +
                    "), text contents could not be decoded.  If this is a binary file, please use "
                    "the fileb:// prefix instead of the file:// prefix.");
    }
    return with_line_feeds(*contents);
  }

  Status take_body(const Argument& argument, std::string text) {
    for (const std::string_view prefix : {"fileb://", "file://"}) {
      if (text.starts_with(prefix)) text.erase(0, prefix.size());
    }
    const std::string path = how_.environment.expand_path(text);
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) {
      return parameter_error("--" + argument.name, "Blob values must be a path to a file.");
    }
    input_.body_path = path;
    return {};
  }

  Status take_mfa_outfile(const std::string& text) {
    const std::string path = how_.environment.expand_path(text);
    if (::access(folder_of(path).c_str(), W_OK) != 0) {
      return client::usage_failure("Unable to write to file: " + path);
    }
    input_.mfa_outfile = path;
    return {};
  }

  Status take_count(const std::string& text) {
    const std::size_t colon = text.find(':');
    const auto low = integer_of(text.substr(0, colon));
    const auto high = integer_of(colon == text.npos ? text : text.substr(colon + 1));
    if (!low || !high) {
      return client::usage_failure("count parameter should be of form min[:max] (e.g. 1 or 1:10)");
    }
    input_.parameters.add("MinCount", *low);
    input_.parameters.add("MaxCount", *high);
    return {};
  }

  // ec2 run-instances: shortcuts into the first network interface.
  Status take_interface(const Argument& argument, const std::vector<std::string>& values) {
    json::Value* interfaces = nullptr;
    for (json::Member& member : input_.parameters.members()) {
      if (member.name == "NetworkInterfaces") interfaces = &member.value;
    }
    if (interfaces == nullptr) {
      json::Value first = json::Value::object(), list = json::Value::array();
      first.add("DeviceIndex", json::Value::integer(0));
      list.push(std::move(first));
      interfaces = &input_.parameters.add("NetworkInterfaces", std::move(list));
      made_interface_ = true;
    }
    if (!made_interface_ || interfaces->items().empty()) {
      return client::usage_failure(
          "Mixing the --network-interfaces option with the simple, scalar options is not "
          "supported.");
    }
    json::Value& interface = interfaces->items().front();
    if (argument.role == Role::secondary_addresses) {
      json::Value addresses = json::Value::array();
      for (const auto& text : values) {
        json::Value address = json::Value::object();
        address.add("PrivateIpAddress", json::Value::string(text));
        address.add("Primary", json::Value::boolean(false));
        addresses.push(std::move(address));
      }
      interface.add("PrivateIpAddresses", std::move(addresses));
    } else if (argument.role == Role::secondary_count) {
      RC_TRY(json::Value number, integer_of(values.front()));
      interface.add("SecondaryPrivateIpAddressCount", std::move(number));
    } else {
      interface.add("AssociatePublicIpAddress",
                    json::Value::boolean(argument.role == Role::public_address_on));
    }
    return {};
  }

  // --cli-input-json: what the other words did not say.
  Status merge(const std::string& text) {
    auto parsed = json::parse(text);
    if (!parsed) return parameter_error("cli-input-json", "Invalid JSON received.");
    if (!parsed->is_object()) {
      return parameter_error("--cli-input-json", "Invalid type: expecting map, received " +
                                                     std::string(python_type(*parsed)));
    }
    for (json::Member& member : parsed->members()) {
      if (input_.parameters.find(member.name) != nullptr) continue;
      if (is_page_member(member.name)) input_.paginate = false;
      input_.parameters.add(std::move(member.name), std::move(member.value));
    }
    return {};
  }

  const wire::Operation& operation_;
  const ReadHow& how_;
  Input input_;
  bool made_interface_ = false;
};

}  // namespace

Result<Input> read_input(const wire::Operation& operation, std::span<const Given> given,
                         const ReadHow& how) {
  RC_TRY(Input input, InputReader(operation, how).run(given));
  if (!how.blobs_are_raw) RC_CHECK(decode_blobs(*operation.input, input.parameters));
  return input;
}

}  // namespace rolecall::calls
