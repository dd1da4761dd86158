// Heads and chunked bodies, without sockets.
#include <gtest/gtest.h>

#include "http/chunked.h"
#include "http/client.h"
#include "http/head_parser.h"
#include "http/response_writer.h"
#include "http/url.h"

namespace rolecall::http {
namespace {

using State = HeadScanner::State;

// The status a head is refused with, 0 if it is taken.
int refusal(std::string_view head) {
  HeadScanner scanner;
  if (scanner.scan(head) != State::complete) return -1;
  std::vector<Header> headers;
  const auto line = parse_request_head(head.substr(0, scanner.length()), headers, 10);
  return line ? 0 : line.error().status;
}

TEST(HeadScanner, FindsTheEndHoweverBytesArrive) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t step = 1; step <= head.size(); ++step) {
    HeadScanner scanner;
    State state = State::more;
    for (std::size_t end = step; state == State::more && end < head.size() + step; end += step)
      state = scanner.scan(std::string_view(head + "rest").substr(0, std::min(end, head.size())));
    EXPECT_EQ(state, State::complete) << step;
    EXPECT_EQ(scanner.length(), head.size());
  }
}

TEST(HeadScanner, RefusesWhatLinesMustNotBe) {
  for (const std::string_view head :
       {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "\r\n", "\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n\tA: b\r\n\r\n"}) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(head), State::malformed) << head;
  }
}

TEST(RequestHead, KeepsHeadersAsTheyCame) {
  std::vector<Header> headers;
  const auto line = parse_request_head(
      "PUT /a%20b?x=1&&y HTTP/1.1\r\nhOsT: h:1\r\nX-A:  1 \r\nx-a:2\r\nX-Empty:\r\n\r\n", headers,
      10);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->method, "PUT");
  EXPECT_EQ(line->target, "/a%20b?x=1&&y");
  EXPECT_EQ(line->authority, "h:1");
  ASSERT_EQ(headers.size(), 4u);
  EXPECT_EQ(headers[0].name, "hOsT");
  EXPECT_EQ(headers[1].value, "1");
  EXPECT_EQ(headers[2].name, "x-a");
  EXPECT_EQ(headers[3].value, "");
}

TEST(RequestHead, Refusals) {
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::pair<std::string, int> cases[] = {
      {get + "\r\n", 0},
      {"GET / HTTP/1.0\r\n\r\n", 0},
      {post + "Content-Length: 5\r\n\r\n", 0},
      {post + "Transfer-Encoding: chunked\r\n\r\n", 0},
      {post + "Transfer-Encoding: Chunked\r\n\r\n", 0},
      // How requests are smuggled: two readings of where a body ends.
      {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
      {post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
      {post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
      {post + "Content-Length: 5, 5\r\n\r\n", 400},
      {post + "Content-Length: +5\r\n\r\n", 400},
      {post + "Content-Length: -1\r\n\r\n", 400},
      {post + "Content-Length: 0x5\r\n\r\n", 400},
      {post + "Content-Length: 5 5\r\n\r\n", 400},
      {post + "Content-Length:\r\n\r\n", 400},
      {post + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {post + "Content-Length : 5\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked, chunked\r\n\r\n", 501},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {post + "Transfer-Encoding: identity\r\n\r\n", 501},
      {post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {post + "Transfer-Encoding : chunked\r\n\r\n", 400},
      {post + "Transfer-Encoding:\x0b"
              "chunked\r\n\r\n",
       400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      // Hosts.
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {get + "Host: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      // Request lines.
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 505},
      {"GET /\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28), 400},
      // Header lines.
      {get + "no colon\r\n\r\n", 400},
      {get + ": no name\r\n\r\n", 400},
      {get + "a b: c\r\n\r\n", 400},
      {get + "a: b\rc\r\n\r\n", 400},
      {get + std::string("a: b\0c\r\n\r\n", 10), 400},
      {get + "Expect: 200-ok\r\n\r\n", 417},
      {get + "1: 1\r\n2: 1\r\n3: 1\r\n4: 1\r\n5: 1\r\n6: 1\r\n7: 1\r\n8: 1\r\n9: 1\r\n\r\n", 0},
      {get + "1: 1\r\n2: 1\r\n3: 1\r\n4: 1\r\n5: 1\r\n6: 1\r\n7: 1\r\n8: 1\r\n9: 1\r\n0: 1\r\n\r\n",
       431},
  };
  for (const auto& [head, status] : cases) EXPECT_EQ(refusal(head), status) << head;
}

TEST(RequestHead, AbsoluteFormNamesTheHost) {
  std::vector<Header> headers;
  const auto line =
      parse_request_head("GET http://s3.example:8080/k?v HTTP/1.1\r\nHost: x\r\n\r\n", headers, 9);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->authority, "s3.example:8080");
  EXPECT_EQ(line->target, "/k?v");
  const auto bare = parse_request_head("GET HTTP://a HTTP/1.1\r\nHost: x\r\n\r\n", headers, 9);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->target, "/");
}

TEST(RequestHead, KeepAlive) {
  const auto keeps = [](std::string_view head) {
    std::vector<Header> headers;
    return parse_request_head(head, headers, 9).value().framing.keep_alive;
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(ConnectTarget, Parse) {
  ASSERT_TRUE(parse_connect_target("sts.amazonaws.com:443"));
  EXPECT_EQ(parse_connect_target("sts.amazonaws.com:443")->host, "sts.amazonaws.com");
  for (const std::string_view bad : {"a", "a:", ":443", "a:0", "a:65536", "a:x", "a/b:1", "u@a:1",
                                     "http://a:1", "a:1:2", "[::1]:443"})
    EXPECT_FALSE(parse_connect_target(bad)) << bad;
}

// Everything decoded, and what was left behind the body; nullopt if malformed or unfinished.
std::optional<std::pair<std::string, std::string>> unchunk(std::string_view text,
                                                           std::size_t step_size) {
  ChunkedDecoder decoder;
  std::string body;
  for (std::size_t at = 0; at < text.size(); at += step_size) {
    std::string_view bytes = text.substr(at, step_size), piece;
    auto step = ChunkedDecoder::Step::more;
    while ((step = decoder.next(bytes, piece)) == ChunkedDecoder::Step::data) body += piece;
    if (step == ChunkedDecoder::Step::malformed) return std::nullopt;
    if (step == ChunkedDecoder::Step::end)
      return std::pair(body, std::string(bytes) +
                                 std::string(text.substr(std::min(text.size(), at + step_size))));
  }
  return std::nullopt;
}

TEST(Chunked, Decodes) {
  const std::string good =
      "5;n=\"v\"\r\nhello\r\n00A\r\n, wonderfu\r\n0\r\nX-Sum: 1\r\nB:\r\n\r\nnext";
  for (std::size_t step = 1; step <= good.size(); ++step) {
    const auto got = unchunk(good, step);
    ASSERT_TRUE(got) << step;
    EXPECT_EQ(got->first, "hello, wonderfu");
    EXPECT_EQ(got->second, "next");
  }
}

TEST(Chunked, Refusals) {
  for (const std::string& text :
       {std::string("\r\n"), std::string("x\r\n"), std::string("5\nhello\r\n"),
        std::string("5 \r\nhello\r\n0\r\n\r\n"), std::string("-5\r\n"), std::string("0x5\r\n"),
        std::string("5\r\nhello0\r\n\r\n"), std::string("5\r\nhello\n0\r\n\r\n"),
        std::string("5\r\rhello"), std::string("1000000000000000\r\n"),
        std::string("0\r\nbad trailer\r\n\r\n"), std::string("0\r\n X: 1\r\n\r\n"),
        std::string("0\r\nX: 1\n\r\n"), std::string("0\r\n\rX"),
        "5;" + std::string(600, 'a') + "\r\n", "0\r\nX:" + std::string(9000, 'a') + "\r\n\r\n",
        std::string("5;a\x01\r\nhello\r\n")}) {
    EXPECT_FALSE(unchunk(text, 1)) << text;
    EXPECT_FALSE(unchunk(text, text.size())) << text;
  }
}

TEST(Response, NoSplitting) {
  EXPECT_TRUE(headers_are_clean({.headers = {{"A", "b\tc"}}}));
  for (const auto& [name, value] : std::initializer_list<std::pair<std::string, std::string>>{
           {"A", "b\r\nC: d"}, {"A", "b\n"}, {"A\r\nB", "c"}, {"A:", "b"}, {"", "b"}, {"A ", "b"}})
    EXPECT_FALSE(headers_are_clean({.headers = {{name, value}}}));
}

TEST(Url, Parse) {
  const auto url = Url::parse("HTTPS://u:p@[::1]:8443/a?b#c");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a?b");
  EXPECT_EQ(url->user_info, "u:p");
  EXPECT_EQ(url->authority(), "[::1]:8443");
  EXPECT_EQ(Url::parse("http://a?x")->target, "/?x");
  EXPECT_EQ(Url::parse("http://a:80")->authority(), "a");
  for (const std::string_view bad :
       {"", "a", "ftp://a", "http://", "http:///x", "http://a:b", "http://a:99999", "http://a b"})
    EXPECT_FALSE(Url::parse(bad)) << bad;
}

TEST(Proxy, FromTheEnvironment) {
  const auto with = [](std::map<std::string, std::string, std::less<>> values) {
    return [values](std::string_view name) -> std::optional<std::string> {
      const auto found = values.find(name);
      if (found == values.end()) return std::nullopt;
      return found->second;
    };
  };
  const auto both = with({{"HTTPS_PROXY", "http://p:1"},
                          {"http_proxy", "q:2"},
                          {"NO_PROXY", "localhost, .internal,169.254.169.254,b.example:444"}});
  EXPECT_EQ(proxy_for("https://a.example/", both), "http://p:1");
  EXPECT_EQ(proxy_for("http://a.example/", both), "http://q:2");
  EXPECT_EQ(proxy_for("http://localhost:99/", both), "");
  EXPECT_EQ(proxy_for("https://x.internal/", both), "");
  EXPECT_EQ(proxy_for("https://xinternal/", both), "http://p:1");
  EXPECT_EQ(proxy_for("http://169.254.169.254/", both), "");
  EXPECT_EQ(proxy_for("https://b.example/", both), "http://p:1");
  EXPECT_EQ(proxy_for("https://b.example:444/", both), "");
  // A CGI request's Proxy header arrives as HTTP_PROXY: not trusted.
  EXPECT_EQ(proxy_for("http://a/", with({{"HTTP_PROXY", "http://p:1"}})), "");
  EXPECT_EQ(proxy_for("http://a/", with({{"ALL_PROXY", "http://p:1"}})), "http://p:1");
  EXPECT_EQ(proxy_for("http://a/", with({{"ALL_PROXY", "http://p:1"}, {"no_proxy", "*"}})), "");
}

}  // namespace
}  // namespace rolecall::http
