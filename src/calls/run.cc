#include "calls/run.h"

#include <algorithm>
#include <fstream>
#include <iostream>

#include "base/encoding.h"
#include "base/files.h"
#include "calls/arguments.h"
#include "calls/bind.h"
#include "calls/help.h"
#include "calls/names.h"
#include "calls/outfile.h"
#include "calls/paging.h"
#include "calls/parameters.h"
#include "calls/printer.h"
#include "calls/skeleton.h"
#include "calls/target.h"
#include "calls/validate.h"
#include "client/call.h"
#include "client/chain.h"
#include "client/failure.h"
#include "client/file_body.h"

namespace rolecall::calls {
namespace {

using client::Console;
using client::Session;

// AWS CLI: no timeout at all.
constexpr int kForeverMillis = 0x7fffffff;
// What PageSize becomes for EC2's long lists when nothing narrows them (the AWS CLI's own choice).
constexpr std::int64_t kEc2PageSize = 1'000;

int millis_of(int seconds) {
  if (seconds <= 0 || seconds > kForeverMillis / 1000) return kForeverMillis;
  return seconds * 1000;
}

// One run of one operation.
class Run {
 public:
  Run(const wire::Operation& operation, const Globals& globals, Console& console)
      : operation_(operation),
        globals_(globals),
        console_(console),
        session_(globals.session, console.environment, console.clock, console.random) {}

  Result<int> run(std::span<const std::string> words) {
    RC_CHECK(session_.check_profile());
    const auto table = arguments_of(operation_);
    RC_TRY(const auto given, read_words(table, words));
    RC_TRY(const bool raw, blobs_are_raw());
    RC_TRY(Input input, read_input(operation_, given,
                                   {.environment = console_.environment,
                                    .blobs_are_raw = raw,
                                    .paginate = globals_.paginate}));
    if (input.skeleton && *input.skeleton != "output") return print_skeleton(*input.skeleton);
    RC_TRY(Printer printer, Printer::create(globals_, session_, operation_.name, console_.out));
    RC_TRY(target_, target_of(session_, *operation_.service));
    RC_CHECK(prepare(operation_, input.parameters, console_.random, encoded_keys_));
    if (input.skeleton) {
      RC_CHECK(validate(operation_, input.parameters));
      RC_CHECK(printer.print(output_skeleton(operation_)));
      return 0;
    }
    if (input.paginate) return pages(std::move(input), printer);
    RC_TRY(json::Value answer, once(input));
    if (to_screen_) return 0;
    RC_CHECK(printer.print(std::move(answer)));
    return 0;
  }

 private:
  Result<bool> blobs_are_raw() {
    const std::string format =
        globals_.binary_format.value_or(session_.setting("cli_binary_format"));
    if (format.empty() || format == "base64") return false;
    if (format == "raw-in-base64-out") return true;
    return client::general_failure("Unknown cli_binary_format: " + format);
  }

  Result<int> print_skeleton(const std::string& kind) {
    if (kind != "input") {
      return client::usage_failure("--generate-cli-skeleton " + kind +
                                   ": YAML is not read here, so it is not written either");
    }
    console_.out << input_skeleton(operation_).dump_pretty(4) << '\n';
    return 0;
  }

  Result<int> pages(Input input, Printer& printer) {
    const bool long_list =
        operation_.service->name == "ec2" &&
        (operation_.name == "DescribeVolumes" || operation_.name == "DescribeSnapshots") &&
        input.parameters.members().empty();
    if (long_list && !input.page_size) input.page_size = json::Value::integer(kEc2PageSize);
    Pager pager(
        operation_.pages, std::move(input.parameters),
        {.starting_token = std::move(input.starting_token),
         .max_items = input.max_items,
         .page_size = std::move(input.page_size)},
        [this](const json::Value& parameters) { return ask(parameters, client::CallOptions{}); });
    RC_CHECK(printer.print_pages(pager));
    return 0;
  }

  // A call whose bodies may be files.
  Result<json::Value> once(const Input& input) {
    client::CallOptions options;
    std::unique_ptr<client::FileBody> body;
    if (input.body_path) {
      RC_TRY(body, client::FileBody::open(*input.body_path));
      options.source = body.get();
    }
    std::unique_ptr<Outfile> file;
    if (input.outfile) {
      to_screen_ = *input.outfile == "-";
      if (!to_screen_) {
        RC_TRY(file, Outfile::open(*input.outfile, console_.random));
      }
      options.on_start = [&file](const http::ClientResponse&) { return !file || file->restart(); };
      options.on_body = [this, &file](std::string_view piece) {
        if (file) return file->write(piece);
        console_.out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return console_.out.good();
      };
    }
    RC_TRY(json::Value answer, ask(input.parameters, std::move(options)));
    if (file) RC_CHECK(file->finish());
    if (input.mfa_method) RC_CHECK(save_seed(input, answer));
    return answer;
  }

  Result<json::Value> ask(const json::Value& parameters, client::CallOptions options) {
    RC_CHECK(validate(operation_, parameters));
    wire::Value typed = wire::Value::make(*operation_.input);
    RC_CHECK(bind(*operation_.input, parameters, typed.data()));
    RC_CHECK(find_keys());
    options.pool = &pool_;
    if (globals_.connect_seconds) {
      options.timeouts.connect_millis = millis_of(*globals_.connect_seconds);
    }
    if (globals_.read_seconds) options.timeouts.idle_millis = millis_of(*globals_.read_seconds);
    if (globals_.debug) {
      options.trace = [this](std::string_view line) { console_.err << "debug: " << line << '\n'; };
    }
    const client::Credentials* keys = found_ ? &found_->credentials : nullptr;
    auto called = client::call(session_, operation_, typed.data(), keys, target_, options);
    if (!called) return explained(called.error());
    json::Value answer = answer_tree(operation_, called->output.data());
    if (encoded_keys_) decode_keys(operation_, answer);
    return answer;
  }

  Status find_keys() {
    if (found_ || !globals_.sign || operation_.unsigned_call) return {};
    RC_TRY(auto found, client::find_credentials(session_));
    if (globals_.debug) {
      console_.err << "debug: signing as " << found.credentials.access_key_id << ", from "
                   << found.source->method() << '\n';
    }
    found_.emplace(std::move(found));
    return {};
  }

  // Who asked whom, below the server's sentence.
  Error explained(Error error) const {
    if (!found_ || client::exit_status(error) != client::kExitService) return error;
    return client::with_note(std::move(error), "as: " + found_->credentials.access_key_id +
                                                   ", at: " + target_.url + ", region " +
                                                   target_.region);
  }

  // iam create-virtual-mfa-device: the seed goes to a file of its own and is not printed.
  Status save_seed(const Input& input, json::Value& answer) {
    for (json::Member& device : answer.members()) {
      if (device.name != "VirtualMFADevice") continue;
      const json::Value* seed = device.value.find(*input.mfa_method);
      if (seed == nullptr) continue;
      const auto bytes = base64_decode(seed->text());
      if (!bytes) return client::general_failure("the answer's seed is no base64");
      RC_CHECK(replace_file(*input.mfa_outfile, *bytes, 0600));
      std::erase_if(device.value.members(), [](const json::Member& member) {
        return member.name == "QRCodePNG" || member.name == "Base32StringSeed";
      });
    }
    return {};
  }

  const wire::Operation& operation_;
  const Globals& globals_;
  Console& console_;
  Session session_;
  client::Target target_;
  http::ConnectionPool pool_;
  std::optional<client::Found> found_;
  bool encoded_keys_ = false;
  bool to_screen_ = false;
};

ApiError not_modelled(const wire::Service& service, const wire::Operation& operation) {
  return client::usage_failure(
      "rolecall: " + std::string(operation.name) + " of " + std::string(service.title) +
      " is not modelled in this program, so it cannot be called (rolecall " +
      std::string(command_of(service)) + " --help lists what can)");
}

// The first word that is no option, taken out.
std::optional<std::string> take_word(std::vector<std::string>& words) {
  const auto found =
      std::ranges::find_if(words, [](const std::string& word) { return !word.starts_with('-'); });
  if (found == words.end()) return std::nullopt;
  std::string word = *found;
  words.erase(found);
  return word;
}

Result<int> dispatch(std::vector<std::string> words, Console& console) {
  RC_TRY(const Globals globals, take_globals(words));
  const auto service_word = take_word(words);
  if (!service_word) return usage_error("the following arguments are required: command");
  const wire::Service* service = find_service(*service_word);
  if (service == nullptr) {
    std::vector<std::string> names;
    for (const wire::Service* known : wire::all_services()) names.emplace_back(command_of(*known));
    return invalid_choice("command", *service_word, names);
  }
  const auto word = take_word(words);
  if ((!word && globals.help) || word == "help") {
    console.out << service_help(*service);
    return 0;
  }
  if (!word) return usage_error("the following arguments are required: operation");
  const wire::Operation* operation = find_operation(*service, *word);
  if (operation == nullptr) return invalid_choice("operation", *word, operation_words(*service));
  if (globals.help || (words.size() == 1 && words.front() == "help")) {
    console.out << operation_help(*operation);
    return 0;
  }
  if (operation->input == nullptr) return not_modelled(*service, *operation);
  return Run(*operation, globals, console).run(words);
}

}  // namespace

bool is_call(client::Words words) {
  std::vector<std::string> copy(words.begin(), words.end());
  if (!copy.empty() && !copy.front().starts_with('-')) {
    return find_service(copy.front()) != nullptr;
  }
  if (!take_globals(copy)) return false;
  const auto first = take_word(copy);
  return first && find_service(*first) != nullptr;
}

int run(client::Words words, Console& console) {
  const auto result = dispatch({words.begin(), words.end()}, console);
  return result ? *result : client::report(result.error(), console);
}

std::string help_text(client::Words words) {
  if (words.empty()) return services_help();
  const wire::Service* service = find_service(words.front());
  if (service == nullptr) return {};
  if (words.size() == 1) return service_help(*service);
  const wire::Operation* operation = find_operation(*service, words[1]);
  return operation == nullptr ? std::string() : operation_help(*operation);
}

}  // namespace rolecall::calls
