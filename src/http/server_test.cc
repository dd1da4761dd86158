// The server over real loopback sockets, plain HTTP.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "http/client.h"
#include "http/test_support.h"

namespace rolecall::http::test {
namespace {

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

std::string post(std::string_view target, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string chunked(std::string_view target, std::string_view chunks) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}

TEST(Server, AnswersAndKeepsTheConnection) {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(kHello);
    EXPECT_EQ(client.read_answer(),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: rolecall\r\n"
              "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\nContent-Length: 6\r\n\r\nhello\n");
  }
  const auto log = server.wait_for_log(3);
  EXPECT_EQ(log[0].target, "/hello");
  EXPECT_EQ(log[0].status, 200);
  EXPECT_EQ(log[0].bytes_out, 6u);
  const ServerStats stats = server.server().stats();
  EXPECT_EQ(stats.requests, 3u);
  EXPECT_EQ(stats.by_status[200], 3u);
  EXPECT_EQ(stats.connections_total, 1u);
  EXPECT_EQ(stats.connections_open, 1);
}

TEST(Server, TakesBytesOneAtATime) {
  TestServer server;
  RawClient client(server.port());
  client.trickle("\r\n" + post("/echo", "hello") + std::string(kHello));
  EXPECT_EQ(body_of(client.read_answer()), "hello");
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
  client.trickle(chunked("/echo", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"));
  EXPECT_EQ(body_of(client.read_answer()), "abcde");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += post(i % 10 == 3 ? "/later" : "/echo", std::to_string(i));
  all += chunked("/echo", "1\r\nx\r\n0\r\n\r\n") + std::string(kHello);
  client.send(all);
  for (int i = 0; i < 100; ++i) {
    if (i % 10 == 3) {
      Reply reply = server.next_later();
      std::thread([&] { reply(Response{.body = "later"}); }).join();
      EXPECT_EQ(body_of(client.read_answer()), "later");
    } else {
      EXPECT_EQ(body_of(client.read_answer()), std::to_string(i));
    }
  }
  EXPECT_EQ(body_of(client.read_answer()), "x");
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
}

TEST(Server, ContinuesOnlyWhatTheApplicationWants) {
  TestServer server;
  RawClient client(server.port());
  const std::string head =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";
  client.send("PUT /echo" + head);
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(body_of(client.read_answer()), "abc");
  // A body that is there already needs no invitation.
  client.send("PUT /echo" + head + "abc");
  EXPECT_EQ(body_of(client.read_answer()), "abc");
  client.send("PUT /refuse" + head);
  const std::string refused = client.read_all();
  EXPECT_EQ(status_of(refused), 403);
  EXPECT_NE(refused.find("Connection: close\r\n"), refused.npos);
  EXPECT_EQ(refused.find("100 Continue"), refused.npos);
}

// botocore reads the next answer on a connection wrongly when the one before came in the place of
// "100 Continue", so even an empty body is invited, and after a refusal the connection ends.
TEST(Server, ContinuesEmptyBodies) {
  TestServer server;
  RawClient client(server.port());
  const std::string head =
      " HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 0\r\n\r\n";
  client.send("PUT /echo" + head);
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(status_of(client.read_answer()), 200);
  client.send("PUT /refuse" + head);
  const std::string refused = client.read_all();
  EXPECT_EQ(status_of(refused), 403);
  EXPECT_NE(refused.find("Connection: close\r\n"), refused.npos);
}

TEST(Server, RefusesASmallBodyAndGoesOn) {
  TestServer server;
  RawClient client(server.port());
  client.send(post("/refuse", std::string(1000, 'x')) + std::string(kHello));
  EXPECT_EQ(status_of(client.read_answer()), 403);
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
  client.send(post("/refuse-body", std::string(60'000, 'x')) + std::string(kHello));
  EXPECT_EQ(status_of(client.read_answer()), 403);
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
}

TEST(Server, RefusesALargeBodyAndItsAnswerArrives) {
  TestServer server;
  for (const std::string_view target : {"/refuse", "/refuse-body"}) {
    RawClient client(server.port());
    client.send("PUT " + std::string(target) +
                " HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n");
    client.send(std::string(4'000'000, 'x'));
    client.shut_down_writing();
    const std::string answer = client.read_all();
    EXPECT_EQ(status_of(answer), 403);
    EXPECT_NE(answer.find("Connection: close"), answer.npos);
  }
}

TEST(Server, LargeBodiesBothWays) {
  TestServer server;
  std::string body(5'000'000, 'a');
  for (std::size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('b' + i % 20);
  const auto echoed = fetch({.method = "PUT", .url = server.url("/echo"), .body = body}, {});
  ASSERT_TRUE(echoed) << echoed.error().text();
  EXPECT_TRUE(echoed->body == body);
  RawClient client(server.port());
  std::string chunks;
  for (std::size_t at = 0; at < body.size(); at += 99'999) {
    const std::string piece = body.substr(at, 99'999);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    chunks += size + piece + "\r\n";
  }
  std::thread sender(
      [&] { client.send(chunked("/echo", chunks + "0\r\n\r\n") + std::string(kHello)); });
  EXPECT_TRUE(body_of(client.read_answer()) == body);
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
  sender.join();
}

TEST(Server, SendsFiles) {
  TestServer server;
  for (const std::size_t size : {1u, 1000u, 32u * 1024, 32u * 1024 + 1, 3'000'000u}) {
    const auto answer = fetch({.url = server.url("/file?" + std::to_string(size))}, {});
    ASSERT_TRUE(answer) << answer.error().text();
    ASSERT_EQ(answer->body.size(), size);
    EXPECT_EQ(answer->body[0], '<');
    EXPECT_EQ(answer->body.find('>'), answer->body.npos);
  }
}

TEST(Server, HeadHasALengthAndNoBody) {
  TestServer server;
  RawClient client(server.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kHello));
  const std::string head = client.read_answer(true);
  EXPECT_NE(head.find("Content-Length: 12345\r\n"), head.npos);
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
  client.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kHello));
  const std::string nothing = client.read_answer();
  EXPECT_EQ(status_of(nothing), 204);
  EXPECT_EQ(nothing.find("Content-Length"), nothing.npos);
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
}

TEST(Server, Http10) {
  TestServer server;
  RawClient plain(server.port());
  plain.send("GET /hello HTTP/1.0\r\n\r\n");
  const std::string closed = plain.read_all();
  EXPECT_EQ(body_of(closed), "hello\n");
  EXPECT_NE(closed.find("Connection: close"), closed.npos);
  RawClient keeping(server.port());
  for (int i = 0; i < 2; ++i) {
    keeping.send("GET /hello HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    EXPECT_NE(keeping.read_answer().find("Connection: keep-alive"), std::string::npos);
  }
}

TEST(Server, ClosesWhenEitherSideWishes) {
  TestServer server;
  RawClient asks(server.port());
  asks.send("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + std::string(kHello));
  const std::string one = asks.read_all();
  EXPECT_EQ(body_of(one), "hello\n") << "the second request must not be answered";
  RawClient told(server.port());
  told.send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(body_of(told.read_all()), "hello\n");
}

TEST(Server, AbsoluteForm) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET http://sts.example/head HTTP/1.1\r\nHost: other\r\n\r\n");
  EXPECT_EQ(body_of(client.read_answer()), "GET sts.example plain []\nHost=other\n");
}

TEST(Server, RefusesMalformedRequestsAndCloses) {
  TestServer server;
  const std::string get = "GET /hello HTTP/1.1\r\nHost: a\r\n";
  const std::pair<std::string, int> cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\nHost: a\n\n", 400},
      {get + " folded\r\n\r\n", 400},
      {"GET /hello HTTP/1.1\r\n\r\n", 400},
      {"GET /hello HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {get + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {get + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},
      {get + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {get + "Expect: magic\r\n\r\n", 417},
      {get + "Content-Length: 99999999999\r\n\r\n", 413},
      {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"GET /" + std::string(200'000, 'a'), 414},
      {get + "A: " + std::string(70'000, 'a') + "\r\n\r\n", 431},
      {get + "A: " + std::string(200'000, 'a'), 431},
      {chunked("/echo", "zz\r\n"), 400},
      {chunked("/echo", "3\r\nabcd\r\n0\r\n\r\n"), 400},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"\x16\x03\x01", -1},  // TLS, for which there is no certificate
  };
  for (const auto& [bytes, status] : cases) {
    RawClient client(server.port());
    client.send(bytes + (status < 0 ? "" : std::string(kHello)));
    client.shut_down_writing();
    const std::string answer = client.read_all();
    if (status < 0) {
      EXPECT_EQ(answer, "");
      continue;
    }
    EXPECT_EQ(status_of(answer), status) << bytes.substr(0, 100);
    EXPECT_NE(answer.find("Connection: close"), answer.npos) << bytes.substr(0, 100);
    EXPECT_EQ(answer.find("hello"), answer.npos) << "nothing may follow a malformed request";
  }
}

TEST(Server, ShapesItsErrors) {
  ServerOptions options;
  options.shape_error = [](int status, std::string_view reason, std::string_view request_id) {
    return Response{
        .status = status,
        .body = "<" + std::string(reason) + "|" + std::to_string(request_id.size()) + ">"};
  };
  TestServer server(std::move(options));
  RawClient client(server.port());
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(body_of(client.read_all()), "<malformed head|36>");
}

TEST(Server, LimitsABodyThatComesInChunks) {
  ServerOptions options;
  options.limits.body_bytes = 10;
  TestServer server(std::move(options));
  RawClient client(server.port());
  client.send(chunked("/echo", "6\r\nabcdef\r\n5\r\nabcde\r\n0\r\n\r\n"));
  client.shut_down_writing();
  EXPECT_EQ(status_of(client.read_all()), 413);
}

TEST(Server, LimitsConnections) {
  ServerOptions options;
  options.limits.connections = 1;
  TestServer server(std::move(options));
  RawClient first(server.port());
  first.send(kHello);
  EXPECT_EQ(status_of(first.read_answer()), 200);
  RawClient second(server.port());
  EXPECT_EQ(status_of(second.read_all()), 503);
  first.send(kHello);
  EXPECT_EQ(status_of(first.read_answer()), 200);
}

TEST(Server, AnUnusedReplyAndAnExceptionAnswer500) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /drop HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(kHello));
  EXPECT_EQ(status_of(client.read_answer()), 500);
  EXPECT_EQ(status_of(client.read_answer()), 200);
  client.send("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(status_of(client.read_all()), 500);
}

TEST(Server, NoAnswerIsSplitByAHeader) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /split HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), 500);
  EXPECT_EQ(answer.find("Set-Cookie"), answer.npos);
}

TEST(Server, PausesAndResumesAnUpload) {
  TestServer server;
  RawClient client(server.port());
  std::thread sender([&] { client.send(post("/pause", std::string(300'000, 'p'))); });
  std::size_t resumed = 0;
  std::atomic<bool> done = false;
  std::thread resumer([&] {
    // Every piece pauses; the number of pieces is the sockets' affair.
    while (!done) {
      Flow flow = server.next_flow();
      ++resumed;
      if (server.exchanges_alive == 0) break;
      flow.resume();
    }
  });
  const std::string answer = client.read_answer();
  EXPECT_EQ(body_of(answer).size(), 300'000u);
  done = true;
  // Wakes the resumer a last time.
  RawClient other(server.port());
  other.send(post("/pause", "x"));
  resumer.join();
  sender.join();
  EXPECT_GE(resumed, 5u);
}

TEST(Server, ReplyAfterTheConnectionDied) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Reply reply = server.next_later();
  client.reset();
  reply(Response{.body = std::string(100'000, 'x')});
  server.wait_for_log(1);
  RawClient next(server.port());
  next.send(kHello);
  EXPECT_EQ(status_of(next.read_answer()), 200);
}

TEST(Server, ReplyAfterTheServerIsGone) {
  ServerOptions options;
  options.timeouts.drain = 0;
  auto server = std::make_unique<TestServer>(std::move(options));
  RawClient client(server->port());
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Reply reply = server->next_later();
  server->stop_server();
  server->wait_for_log(1);  // cut off when the bound is over
  server.reset();
  reply(Response{.body = "late"});
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, StopsGracefully) {
  ServerOptions options;
  options.threads = 2;
  options.timeouts.drain = 1000;
  TestServer server(std::move(options));
  RawClient idle(server.port()), fresh(server.port()), busy(server.port());
  idle.send(kHello);
  EXPECT_EQ(status_of(idle.read_answer()), 200);
  busy.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Reply reply = server.next_later();
  server.server().stop();
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_EQ(fresh.read_all(), "");
  reply(Response{.body = "done"});
  const std::string answer = busy.read_all();
  EXPECT_EQ(body_of(answer), "done");
  EXPECT_NE(answer.find("Connection: close"), answer.npos);
  server.server().join();
  EXPECT_EQ(server.server().stats().connections_open, 0);
  EXPECT_EQ(server.exchanges_alive, 0);
}

TEST(Server, AllThreadsShareOnePort) {
  ServerOptions options;
  options.threads = 4;
  TestServer server(std::move(options));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 32; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (auto& client : clients) client->send(kHello);
  for (auto& client : clients) EXPECT_EQ(status_of(client->read_answer()), 200);
}

TEST(Server, ASecondServerOnThePortIsToldSo) {
  TestServer server;
  const SystemClock clock;
  const auto random = make_system_random();
  Server second({.port = server.port()}, clock, *random,
                [](const RequestHead&) { return Response{}; });
  const Status started = second.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().text().find("in use"), std::string::npos) << started.error().text();
}

// --- time, moved by hand ---

TEST(ServerTime, ATricklingHeadGets408) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\n");
  client.send("X");
  // The server must have seen the first bytes before time moves.
  while (server.server().stats().bytes_received == 0) std::this_thread::yield();
  server.timeout_clock().advance_seconds(22);
  EXPECT_EQ(status_of(client.read_all()), 408);
  EXPECT_EQ(server.server().stats().timeouts, 1u);
}

TEST(ServerTime, AStalledBodyGets408) {
  TestServer server;
  RawClient client(server.port());
  client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  client.read_until("\r\n\r\n");
  server.timeout_clock().advance_seconds(62);
  EXPECT_EQ(status_of(client.read_all()), 408);
}

// A byte now and then renews the wait between two pieces, but not for ever.
TEST(ServerTime, ABodyMustMoveAtALeastRate) {
  TestServer server;
  RawClient client(server.port());
  client.send(
      "PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999\r\n\r\n");
  client.read_until("\r\n\r\n");
  for (int i = 0; i < 3; ++i) {
    const auto before = server.server().stats().bytes_received;
    client.send("x");
    while (server.server().stats().bytes_received == before) std::this_thread::yield();
    server.timeout_clock().advance_seconds(20);
  }
  EXPECT_EQ(status_of(client.read_all()), 408);
}

TEST(ServerTime, ASteadyBodyIsNotHurried) {
  TestServer server;
  RawClient client(server.port());
  constexpr int kPieces = 10;
  const std::string piece(20 * 1024, 'x');
  client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " +
              std::to_string(kPieces * piece.size()) + "\r\n\r\n");
  client.read_until("\r\n\r\n");
  for (int i = 0; i < kPieces; ++i) {
    const auto before = server.server().stats().bytes_received;
    client.send(piece);
    while (server.server().stats().bytes_received < before + piece.size()) {
      std::this_thread::yield();
    }
    server.timeout_clock().advance_seconds(19);
  }
  EXPECT_EQ(status_of(client.read_answer()), 200);
}

TEST(ServerTime, AnIdleConnectionIsClosedInSilence) {
  TestServer server;
  RawClient client(server.port());
  client.send(kHello);
  client.read_answer();
  server.timeout_clock().advance_seconds(77);
  EXPECT_EQ(client.read_all(), "");
}

TEST(ServerTime, ASilentApplicationGets503) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  Reply late = server.next_later();
  server.timeout_clock().advance_seconds(302);
  EXPECT_EQ(status_of(client.read_answer()), 503);
  late(Response{.body = "too late"});
  client.send(kHello);
  EXPECT_EQ(body_of(client.read_answer()), "hello\n");
}

TEST(ServerTime, APeerThatTakesNothingIsCutOff) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /big?50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  // Until the socket is full.
  std::uint64_t sent = 0;
  while (sent == 0 || server.server().stats().bytes_sent != sent) {
    sent = server.server().stats().bytes_sent;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  server.timeout_clock().advance_seconds(62);
  while (server.server().stats().connections_open > 0) std::this_thread::yield();
  EXPECT_EQ(server.server().stats().timeouts, 1u);
}

TEST(ServerTime, TheDateFollowsTheClock) {
  TestServer server;
  RawClient client(server.port());
  client.send(kHello);
  client.read_answer();
  server.clock().advance_seconds(1);
  client.send(kHello);
  EXPECT_NE(client.read_answer().find("08:00:01 GMT"), std::string::npos);
}

}  // namespace
}  // namespace rolecall::http::test
