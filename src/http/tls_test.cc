// TLS on the plain port, CONNECT, and the client's trust.
#include <gtest/gtest.h>

#include <thread>

#include "http/client.h"
#include "http/test_support.h"

namespace rolecall::http::test {
namespace {

struct Fixture {
  explicit Fixture(unsigned threads = 1) : authority(std::make_shared<TestAuthority>()) {
    ServerOptions options;
    options.threads = threads;
    options.certificates = authority;
    options.tunnel_allowed = [](std::string_view host, std::uint16_t port) {
      return host.ends_with(".amazonaws.com") && port == 443;
    };
    server = std::make_unique<TestServer>(std::move(options));
  }
  ClientOptions trusting() const { return {.ca_bundle = authority->bundle()}; }
  ClientOptions through_proxy() const {
    return {.ca_bundle = authority->bundle(),
            .proxy = "http://127.0.0.1:" + std::to_string(server->port())};
  }

  std::shared_ptr<TestAuthority> authority;
  std::unique_ptr<TestServer> server;
};

TEST(Tls, OnTheSamePortAsPlain) {
  Fixture f;
  const auto plain = fetch({.url = f.server->url("/head")}, {});
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_TRUE(plain->body.starts_with("GET 127.0.0.1:"));
  EXPECT_NE(plain->body.find(" plain []"), plain->body.npos);
  const auto secure = fetch({.url = f.server->url("/head", true)}, f.trusting());
  ASSERT_TRUE(secure) << secure.error().text();
  EXPECT_NE(secure->body.find(" tls []"), secure->body.npos);
  const ServerStats stats = f.server->server().stats();
  EXPECT_EQ(stats.tls_handshakes, 1u);
  EXPECT_EQ(stats.connections_total, 2u);
}

TEST(Tls, LargeBodiesAndFiles) {
  Fixture f;
  const std::string body(3'000'000, 'b');
  const auto echoed =
      fetch({.method = "POST", .url = f.server->url("/echo", true), .body = body}, f.trusting());
  ASSERT_TRUE(echoed) << echoed.error().text();
  EXPECT_TRUE(echoed->body == body);
  for (const std::size_t size : {1000u, 200'000u}) {
    const auto file =
        fetch({.url = f.server->url("/file?" + std::to_string(size), true)}, f.trusting());
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(file->body.size(), size);
  }
}

TEST(Tls, KeepsConnections) {
  Fixture f;
  ConnectionPool pool;
  ClientOptions options = f.trusting();
  options.pool = &pool;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(fetch({.url = f.server->url("/hello", true)}, options));
  EXPECT_EQ(f.server->server().stats().tls_handshakes, 1u);
  EXPECT_EQ(f.server->server().stats().requests, 5u);
}

TEST(Tls, AClientThatDoesNotTrustUs) {
  Fixture f;
  TestAuthority other;
  const auto answer = fetch({.url = f.server->url("/hello", true)}, {.ca_bundle = other.bundle()});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().text().find("not trusted"), std::string::npos) << answer.error().text();
  EXPECT_EQ(f.server->server().stats().requests, 0u);
  const auto careless = fetch({.url = f.server->url("/hello", true)}, {.verify_tls = false});
  EXPECT_TRUE(careless);
}

TEST(Tls, GarbageAfterTheFirstByte) {
  Fixture f;
  RawClient client(f.server->port());
  client.send("\x16" + std::string(500, 'x'));
  const std::string answer = client.read_all();
  EXPECT_EQ(answer.find("HTTP"), answer.npos);
  RawClient stalled(f.server->port());
  stalled.send("\x16\x03\x01");
  while (f.server->server().stats().bytes_received < 504) std::this_thread::yield();
  f.server->timeout_clock().advance_seconds(17);
  EXPECT_EQ(stalled.read_all(), "");
}

TEST(Tunnel, ServesAnyAllowedHost) {
  Fixture f(2);
  for (const std::string host : {"sts.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com"}) {
    const auto answer = fetch({.url = "https://" + host + "/head"}, f.through_proxy());
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->body, "GET " + host + " tls [" + host + "]\nHost=" + host + "\n");
  }
  EXPECT_EQ(f.server->server().stats().tunnels, 2u);
  // Each tunnel and each request in it has its line.
  const auto log = f.server->wait_for_log(4);
  EXPECT_EQ(log[0].method, "CONNECT");
  EXPECT_EQ(log[0].status, 200);
}

TEST(Tunnel, RefusesOtherHosts) {
  Fixture f;
  for (const std::string url : {"https://example.com/", "https://sts.amazonaws.com:8443/",
                                "https://amazonaws.com.evil.example/"}) {
    const auto answer = fetch({.url = url}, f.through_proxy());
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().text().find("403"), std::string::npos) << answer.error().text();
  }
}

TEST(Tunnel, OldClientsAndBadOnes) {
  Fixture f;
  // Python's http.client opens tunnels in HTTP/1.0 and without Host.
  RawClient old(f.server->port());
  old.send("CONNECT STS.amazonaws.com:443 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_until("\r\n\r\n"), "HTTP/1.1 200 Connection Established\r\n\r\n");
  // Plain HTTP inside the tunnel is served too, and says that it is not TLS.
  old.send("GET /head HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(old.read_answer()), "GET h plain [sts.amazonaws.com]\nHost=h\n");
  old.send("CONNECT sts.amazonaws.com:443 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(old.read_all()), 400);
  for (const std::string target : {"sts.amazonaws.com", "/", "u@sts.amazonaws.com:443"}) {
    RawClient bad(f.server->port());
    bad.send("CONNECT " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status_of(bad.read_all()), 400) << target;
  }
  RawClient body(f.server->port());
  body.send("CONNECT sts.amazonaws.com:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_EQ(status_of(body.read_all()), 400);
}

TEST(Tunnel, HandshakeIsRefusedWithoutACertificate) {
  auto authority = std::make_shared<TestAuthority>();
  ServerOptions options;
  options.certificates = authority;
  options.tunnel_allowed = [](std::string_view, std::uint16_t) { return true; };
  TestServer server(std::move(options));
  const auto answer = fetch({.url = "https://refused.example/hello"},
                            {.ca_bundle = authority->bundle(),
                             .proxy = "http://127.0.0.1:" + std::to_string(server.port())});
  EXPECT_FALSE(answer);
  // The client may know before the server has counted.
  while (server.server().stats().tls_failures == 0) std::this_thread::yield();
  EXPECT_EQ(server.server().stats().tls_failures, 1u);
  EXPECT_EQ(server.server().stats().requests, 1u) << "the CONNECT alone";
}

}  // namespace
}  // namespace rolecall::http::test
