// The client, against our server and against answers that no server of ours gives.
#include "http/client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/test_support.h"

namespace rolecall::http::test {
namespace {

// Accepts one connection, reads a head, sends fixed bytes, closes.
class CannedServer {
 public:
  explicit CannedServer(std::string answer, bool close = true)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(listener_, 5), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this, close] {
      const int peer = ::accept(listener_, nullptr, nullptr);
      char bytes[4096];
      while (request_.find("\r\n\r\n") == request_.npos) {
        const ssize_t got = ::recv(peer, bytes, sizeof bytes, 0);
        if (got <= 0) break;
        request_.append(bytes, static_cast<std::size_t>(got));
      }
      (void)::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      if (!close) (void)::recv(peer, bytes, sizeof bytes, 0);
      ::close(peer);
    });
  }
  ~CannedServer() {
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/a?b"; }
  const std::string& request() const { return request_; }

 private:
  std::string answer_, request_;
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Result<ClientResponse> ask(const std::string& answer, ClientOptions options = {},
                           const std::string& method = "GET") {
  CannedServer server(answer);
  return fetch({.method = method, .url = server.url()}, options);
}

TEST(Client, ReadsEveryFramingOfABody) {
  const auto length = ask("HTTP/1.1 200 Fine\r\nA: 1\r\na: 2\r\nContent-Length: 3\r\n\r\nabcdef");
  ASSERT_TRUE(length) << length.error().text();
  EXPECT_EQ(length->body, "abc");
  EXPECT_EQ(length->reason, "Fine");
  EXPECT_EQ(length->find("A"), "1");
  EXPECT_EQ(length->headers.size(), 3u);
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")->body,
            "abc");
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n\r\nuntil the end")->body, "until the end");
  EXPECT_EQ(ask("HTTP/1.1 204 No\r\n\r\n")->body, "");
  EXPECT_EQ(
      ask("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")->status,
      404);
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", {}, "HEAD")->status, 200);
}

TEST(Client, RefusesBrokenAnswers) {
  for (const std::string& answer :
       {std::string(""), std::string("nonsense\r\n\r\n"), std::string("HTTP/1.1 200 OK\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"),
        std::string("HTTP/1.1 101 Switching\r\n\r\n"),
        "HTTP/1.1 200 OK\r\nA: " + std::string(80'000, 'a')})
    EXPECT_FALSE(ask(answer)) << answer.substr(0, 80);
  const ClientOptions small{.body_bytes_max = 4};
  EXPECT_FALSE(ask("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", small));
  EXPECT_FALSE(
      ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", small));
  EXPECT_FALSE(ask("HTTP/1.1 200 OK\r\n\r\nabcde", small));
  EXPECT_TRUE(ask("HTTP/1.1 200 OK\r\n\r\nabcd", small));
}

TEST(Client, SendsWhatItIsGiven) {
  std::string request;
  {
    CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ASSERT_TRUE(
        fetch({.method = "PUT", .url = server.url(), .headers = {{"X-B", "2"}, {"a", "1"}}}, {}));
    request = server.request();
    EXPECT_TRUE(request.starts_with("PUT /a?b HTTP/1.1\r\nHost: 127.0.0.1:"));
    EXPECT_TRUE(request.ends_with("\r\nX-B: 2\r\na: 1\r\nContent-Length: 0\r\n\r\n"));
  }
  for (const ClientRequest& bad :
       {ClientRequest{.url = "http://a/", .headers = {{"A", "b\r\nC: d"}}},
        ClientRequest{.url = "http://a/", .headers = {{"A\r\nB", "c"}}},
        ClientRequest{.url = "http://a/ b"}, ClientRequest{.url = "file:///etc/passwd"},
        ClientRequest{.url = "http://user:pass@a/"},
        ClientRequest{.method = "GET /x", .url = "http://a/"}})
    EXPECT_FALSE(fetch(bad, {}));
}

TEST(Client, PlainProxyGetsTheAbsoluteForm) {
  CannedServer proxy("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const std::string at = proxy.url();
  ASSERT_TRUE(fetch({.url = "http://sts.example/x?y"},
                    {.proxy = "http://user:p%40ss@" + at.substr(7, at.rfind('/') - 7)}));
  EXPECT_TRUE(proxy.request().starts_with("GET http://sts.example/x?y HTTP/1.1\r\n"));
  EXPECT_NE(proxy.request().find("Host: sts.example\r\n"), std::string::npos);
  EXPECT_NE(proxy.request().find("Proxy-Authorization: Basic dXNlcjpwQHNz\r\n"), std::string::npos);
}

TEST(Client, SaysWhyItCouldNotConnect) {
  std::uint16_t port;
  {
    TestServer gone;
    port = gone.port();
  }
  const auto answer = fetch({.url = "http://127.0.0.1:" + std::to_string(port) + "/"}, {});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().text().find("Connection refused"), std::string::npos)
      << answer.error().text();
}

TEST(Client, GivesUpWaiting) {
  TestServer server;
  const auto answer = fetch({.url = server.url("/later")}, {.idle_timeout_millis = 50});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().text().find("timed out"), std::string::npos);
  const auto total = fetch({.url = server.url("/later")}, {.total_timeout_millis = 50});
  EXPECT_FALSE(total);
}

TEST(Client, KeepsConnectionsAndNoticesThatOneWasClosed) {
  ConnectionPool pool;
  const ClientOptions options{.pool = &pool};
  TestServer server;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(fetch({.url = server.url("/hello")}, options));
  EXPECT_EQ(server.server().stats().connections_total, 1u);
  server.timeout_clock().advance_seconds(80);
  while (server.server().stats().connections_open > 0) std::this_thread::yield();
  ASSERT_TRUE(fetch({.url = server.url("/hello")}, options));
  EXPECT_EQ(server.server().stats().connections_total, 2u);
}

TEST(Client, HandsOverPieces) {
  TestServer server;
  std::size_t total = 0;
  const ClientOptions options{.on_body = [&](std::string_view piece) {
    total += piece.size();
    return true;
  }};
  const auto answer = fetch({.url = server.url("/big?1000000")}, options);
  ASSERT_TRUE(answer);
  EXPECT_EQ(total, 1'000'000u);
  EXPECT_EQ(answer->body, "");
  EXPECT_FALSE(fetch({.url = server.url("/big?1000000")},
                     {.on_body = [](std::string_view) { return false; }}));
}

TEST(Client, EndsWhenItIsCancelled) {
  // Never answers: only the cancellation ends the call.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  ASSERT_EQ(::listen(listener, 5), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  ClientOptions options;
  options.cancel_fd = pipe_ends[0];
  std::thread canceller([&] { EXPECT_EQ(::write(pipe_ends[1], "x", 1), 1); });
  const auto answer =
      fetch({.url = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/"}, options);
  canceller.join();
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().text().find("cancelled"), std::string::npos);
  for (const int fd : {listener, pipe_ends[0], pipe_ends[1]}) ::close(fd);
}

TEST(Client, ReadsTheAnswerToARefusedUpload) {
  TestServer server;
  const auto answer = fetch(
      {.method = "PUT", .url = server.url("/refuse"), .body = std::string(8'000'000, 'x')}, {});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(answer->status, 403);
}

// "0123456789" over and over, `shown` bytes long, though it may hold fewer.
class Digits : public BodySource {
 public:
  Digits(std::uint64_t shown, std::uint64_t held) : shown_(shown), held_(held) {}
  std::uint64_t size() const override { return shown_; }
  Status rewind() override {
    ++rewound;
    at_ = 0;
    return {};
  }
  Result<std::size_t> read(char* into, std::size_t size) override {
    const auto take = std::min<std::uint64_t>({size, held_ - at_, 70'000});
    for (std::size_t i = 0; i < take; ++i) into[i] = static_cast<char>('0' + (at_ + i) % 10);
    at_ += take;
    return take;
  }
  int rewound = 0;

 private:
  std::uint64_t shown_, held_, at_ = 0;
};

TEST(Client, SendsABodyPieceByPiece) {
  TestServer server;
  ConnectionPool pool;
  for (const std::uint64_t size : {0u, 1u, 300'001u}) {
    Digits digits(size, size);
    const auto answer =
        fetch({.method = "PUT", .url = server.url("/echo"), .source = &digits}, {.pool = &pool});
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body.size(), size);
    EXPECT_TRUE(answer->body.substr(0, 12).starts_with(size > 20 ? "012345678901" : ""));
    EXPECT_EQ(digits.rewound, 1);
  }
  Digits short_one(100'000, 90'000);
  EXPECT_FALSE(fetch({.method = "PUT", .url = server.url("/echo"), .source = &short_one},
                     {.idle_timeout_millis = 50}));
}

TEST(Client, OnHeadDecidesWhoGetsTheBody) {
  TestServer server;
  std::string handed;
  const ClientOptions options{
      .on_head = [](const ClientResponse& head) { return head.status < 300; },
      .on_body =
          [&](std::string_view piece) {
            handed += piece;
            return true;
          }};
  const auto good = fetch({.url = server.url("/hello")}, options);
  ASSERT_TRUE(good);
  EXPECT_EQ(handed, "hello\n");
  EXPECT_EQ(good->body, "");
  const auto refused = fetch({.method = "PUT", .url = server.url("/refuse"), .body = "x"}, options);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
  EXPECT_EQ(handed, "hello\n");
}

}  // namespace
}  // namespace rolecall::http::test
