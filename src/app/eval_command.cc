#include "app/eval_command.h"

#include <ostream>

#include "app/vector_file.h"
#include "policy/explain.h"

namespace rolecall::app {
namespace {

enum class Show { decisions, differences, tree, json };

struct Count {
  std::size_t passed = 0, failed = 0;
};

Status run_file(const std::string& path, Show show, std::ostream& out, Count& count) {
  RC_TRY(const std::string text, read_file(path));
  const auto file = json::parse(text);
  if (!file) {
    return fault(path + ":" + std::to_string(file.error().at.line) + ":" +
                 std::to_string(file.error().at.column) + ": " + file.error().message);
  }
  const json::Value* vectors = file->find("vectors");
  if (vectors == nullptr || !vectors->is_array()) return fault(path + ": no list of `vectors`");
  for (const json::Value& item : vectors->items()) {
    auto vector = VectorCase::load(item);
    if (!vector) return fault(path + ": " + vector.error().text());
    const VectorCase& it = **vector;
    if (show == Show::tree || show == Show::json) {
      const policy::Trace trace = policy::explain(it.request(), it.policies());
      if (show == Show::tree) {
        out << it.name() << '\n' << policy::to_tree(trace) << '\n';
      } else {
        out << policy::to_json(trace) << '\n';
      }
      continue;
    }
    const std::string_view decision =
        policy::outcome_name(policy::decide(it.request(), it.policies()));
    if (show == Show::decisions) {
      out << it.name() << '\t' << decision << '\n';
    } else if (decision == it.expected()) {
      ++count.passed;
    } else {
      ++count.failed;
      out << it.name() << '\t' << decision << "\texpected " << it.expected() << '\n';
    }
  }
  return {};
}

}  // namespace

int run_eval(std::span<const std::string> args, std::ostream& out, std::ostream& err) {
  Show show = Show::decisions;
  std::vector<std::string> files;
  for (const std::string& arg : args) {
    if (arg == "--check") {
      show = Show::differences;
    } else if (arg == "--explain") {
      show = Show::tree;
    } else if (arg == "--json") {
      show = Show::json;
    } else if (arg.starts_with("-")) {
      err << "rolecall eval: unknown option `" << arg << "`\n";
      return 2;
    } else {
      files.push_back(arg);
    }
  }
  if (files.empty()) {
    err << "usage: rolecall eval FILE… [--check | --explain | --json]\n";
    return 2;
  }
  Count count;
  int status = 0;
  for (const std::string& file : files) {
    if (auto done = run_file(file, show, out, count); !done) {
      err << "rolecall eval: " << done.error().text() << '\n';
      status = 3;
    }
  }
  if (show == Show::differences) {
    out << count.passed << " passed, " << count.failed << " failed\n";
  }
  if (status == 0 && count.failed > 0) status = 1;
  return status;
}

}  // namespace rolecall::app
