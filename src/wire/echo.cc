// For tools/wire_vectors.py: lets another implementation's requests through our readers and our
// answers to its parsers. One JSON object a line in, one out; not installed.
//
//   {"service","request":{…}}                      → {"operation","input"} or {"error"}
//   {"service","operation","output"}               → {"reply"}
//   {"service","error":{code,message,status}}      → {"reply"}
//   {"service","operation","client_input"}         → {"request"}
//   {"service","operation","client_reply":{…}}     → {"output"}
#include <iostream>

#include "wire/vector.h"

using namespace rolecall;

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    auto parsed = json::parse(line, {.depth_max = 64});
    json::Value answer;
    if (!parsed) {
      answer.add("error", json::Value::string(parsed.error().message));
    } else {
      answer = wire::play_vector(*parsed);
    }
    std::cout << answer.dump() << "\n";
  }
}
