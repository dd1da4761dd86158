// A server that answers every request with the same 500 bytes: what http/ itself costs, to be
// measured beside nginx doing the same (bench/load/http_static.sh).
//   http_static PORT THREADS [FILE]
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "http/server.h"

namespace {

using namespace rolecall;

class Static final : public http::Exchange {
 public:
  explicit Static(const char* file) : file_(file) {}
  std::optional<http::Response> on_body(std::string_view) override { return std::nullopt; }
  void on_end(http::Reply reply) override {
    http::Response response;
    response.headers.emplace_back("Content-Type", "text/xml");
    if (file_ != nullptr) {
      const int fd = ::open(file_, O_RDONLY | O_CLOEXEC);
      struct stat facts{};
      ::fstat(fd, &facts);
      response.body = http::FileBody(fd, 0, static_cast<std::uint64_t>(facts.st_size));
    } else {
      response.body = std::string(500, 'x');
    }
    reply(std::move(response));
  }

 private:
  const char* file_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) return 2;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const SystemClock clock;
  const auto random = make_system_random();
  const char* file = count > 3 ? arguments[3] : nullptr;
  http::Server server({.port = static_cast<std::uint16_t>(std::atoi(arguments[1])),
                       .threads = static_cast<unsigned>(std::atoi(arguments[2]))},
                      clock, *random,
                      [file](const http::RequestHead&)
                          -> std::variant<std::unique_ptr<http::Exchange>, http::Response> {
                        return std::make_unique<Static>(file);
                      });
  if (const Status started = server.start(); !started) {
    std::fputs((started.error().text() + "\n").c_str(), stderr);
    return 3;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  server.join();
  const http::ServerStats stats = server.stats();
  std::fprintf(stderr, "%llu requests on %llu connections\n",
               static_cast<unsigned long long>(stats.requests),
               static_cast<unsigned long long>(stats.connections_total));
}
