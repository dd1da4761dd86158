#include "http/server.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "http/worker.h"

namespace rolecall::http {
namespace {

// As long as the kernel's own limit allows; it is cut to net.core.somaxconn.
constexpr int kBacklog = 4096;

class MonotonicClock final : public Clock {
 public:
  Instant now() const override {
    return {std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::steady_clock::now().time_since_epoch())
                .count()};
  }
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<Address> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  const int error =
      getaddrinfo(host.empty() ? nullptr : host.c_str(), service.c_str(), &hints, &found);
  if (error != 0) return fault("could not resolve `" + host + "`: " + gai_strerror(error));
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

void set_port(Address& address, std::uint16_t port) {
  if (address.storage.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(address.storage).sin6_port = htons(port);
  else
    reinterpret_cast<sockaddr_in&>(address.storage).sin_port = htons(port);
}

std::uint16_t port_of(const Address& address) {
  return ntohs(address.storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

// Binds; `shared` with SO_REUSEPORT, so that each loop has a queue of its own.
Result<OwnedFd> bind_socket(const Address& address, bool shared) {
  OwnedFd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return fault(std::string("could not make a socket: ") + std::strerror(errno));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
    return fault("could not listen on port " + std::to_string(port_of(address)) + ": " +
                 std::strerror(errno));
  return fd;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Clock& clock, Random& random, Application application)
      : shared_(std::move(options), clock, random, std::move(application)) {
    shared_.timeout_clock =
        shared_.options.timeout_clock ? shared_.options.timeout_clock : &monotonic_;
    shared_.server_line = "Server: " + shared_.options.server_name + "\r\n";
  }

  Status start() {
    RC_ASSERT(shared_.workers.empty());
    if (shared_.options.certificates) {
      RC_TRY(shared_.tls, TlsContext::create(shared_.options.certificates));
    }
    RC_TRY(Address address, resolve(shared_.options.address, shared_.options.port));
    {
      // SO_REUSEPORT alone would let a second server of the same user share the port in silence.
      RC_TRY(const OwnedFd probe, bind_socket(address, false));
      if (::listen(probe.get(), 1) != 0)
        return fault("could not listen on port " + std::to_string(port_of(address)) + ": " +
                     std::strerror(errno));
    }
    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < std::max(1u, shared_.options.threads); ++i) {
      RC_TRY(OwnedFd fd, bind_socket(address, true));
      if (i == 0) {
        socklen_t size = address.size;
        getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address.storage), &size);
        port_ = port_of(address);
        set_port(address, port_);
      }
      if (::listen(fd.get(), kBacklog) != 0)
        return fault(std::string("could not listen: ") + std::strerror(errno));
      workers.push_back(std::make_unique<Worker>(shared_, i));
      RC_CHECK(workers.back()->listen(std::move(fd)));
    }
    shared_.workers = std::move(workers);
    for (const auto& worker : shared_.workers)
      threads_.emplace_back([&worker = *worker] { worker.run(); });
    return {};
  }

  std::uint16_t port() const { return port_; }

  void stop() {
    if (shared_.stopping.exchange(true)) return;
    for (const auto& worker : shared_.workers) worker->begin_stop();
  }

  void join() {
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }

  ServerStats stats() const {
    ServerStats sum;
    for (const auto& worker : shared_.workers) {
      const WorkerStats& one = worker->stats();
      sum.connections_total += one.connections_total.get();
      sum.connections_refused += one.connections_refused.get();
      sum.tls_handshakes += one.tls_handshakes.get();
      sum.tls_failures += one.tls_failures.get();
      sum.tunnels += one.tunnels.get();
      sum.timeouts += one.timeouts.get();
      sum.requests += one.requests.get();
      sum.bytes_received += one.bytes_received.get();
      sum.bytes_sent += one.bytes_sent.get();
      for (std::size_t i = 0; i < sum.by_status.size(); ++i)
        sum.by_status[i] += one.by_status[i].get();
    }
    sum.connections_open = shared_.connections.load();
    return sum;
  }

 private:
  MonotonicClock monotonic_;
  Shared shared_;
  std::uint16_t port_ = 0;
  std::vector<std::thread> threads_;
};

Server::Server(ServerOptions options, const Clock& clock, Random& random, Application application)
    : impl_(std::make_unique<Impl>(std::move(options), clock, random, std::move(application))) {}

Server::~Server() {
  stop();
  join();
}

Status Server::start() { return impl_->start(); }
std::uint16_t Server::port() const { return impl_->port(); }
void Server::stop() { impl_->stop(); }
void Server::join() { impl_->join(); }
ServerStats Server::stats() const { return impl_->stats(); }

}  // namespace rolecall::http
