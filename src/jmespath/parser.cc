// Precedence climbing with the binding powers of Python's parser, so that every expression means
// what it means there, also where the grammar of the specification would say otherwise
// (`f(a b)` is taken, `a[0][1:]` is a slice and no projection).
#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>

#include "jmespath/ast.h"
#include "jmespath/expression.h"
#include "jmespath/failure.h"
#include "jmespath/functions.h"

namespace rolecall::jmespath {

namespace {

int binding_power(TokenKind kind) {
  switch (kind) {
    case TokenKind::pipe:
      return 1;
    case TokenKind::or_:
      return 2;
    case TokenKind::and_:
      return 3;
    case TokenKind::eq:
    case TokenKind::ne:
    case TokenKind::gt:
    case TokenKind::gte:
    case TokenKind::lt:
    case TokenKind::lte:
      return 5;
    case TokenKind::flatten:
      return 9;
    case TokenKind::star:
      return 20;
    case TokenKind::filter:
      return 21;
    case TokenKind::dot:
      return 40;
    case TokenKind::not_:
      return 45;
    case TokenKind::lbrace:
      return 50;
    case TokenKind::lbracket:
      return 55;
    case TokenKind::lparen:
      return 60;
    default:
      return 0;
  }
}

constexpr int kProjectionStop = 10;  // what binds less ends a projection

std::int64_t saturated(const std::string& digits) {
  std::int64_t out = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (code == std::errc{}) return out;
  return digits.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                               : std::numeric_limits<std::int64_t>::max();
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  Result<Ast> run() {
    RC_TRY(const NodeId root, expression(0));
    if (current() != TokenKind::eof) {
      return parse_error(text_, "Unexpected token: " + token().shown(), token().start, token());
    }
    return Ast{std::string(text_), std::move(nodes_), root};
  }

 private:
  const Token& token() const { return tokens_[at_]; }
  TokenKind current() const { return tokens_[at_].kind; }
  // Never past the eof token: it has no meaning as the first token of an expression.
  TokenKind following() const { return tokens_[at_ + 1].kind; }
  const Token& take() { return tokens_[at_++]; }

  Error wrong(const Token& where, std::string_view why) const {
    return parse_error(text_, why, where.start, where);
  }
  Error expecting(std::string_view wanted) const {
    if (current() == TokenKind::eof) return incomplete_error(text_);
    std::string why = "Expecting: ";
    why.append(wanted).append(", got: ").append(name_of(current()));
    return wrong(token(), why);
  }
  Status match(TokenKind kind) {
    if (current() != kind) return expecting(name_of(kind));
    ++at_;
    return {};
  }

  Result<NodeId> add(Node node) {
    int height = 0;
    for (const NodeId child : node.children) {
      height = std::max(height, static_cast<int>(nodes_[child].height));
    }
    if (height >= kDepthMax) return too_deep();
    node.height = static_cast<std::uint16_t>(height + 1);
    nodes_.push_back(std::move(node));
    return static_cast<NodeId>(nodes_.size() - 1);
  }
  Error too_deep() const {
    return failure("LimitExceeded",
                   "expressions nested more than " + std::to_string(kDepthMax) + " deep",
                   token().start);
  }
  // A place among the nodes. The position is that of the token just taken.
  Node make(NodeKind kind, std::vector<NodeId> children = {}) const {
    Node node;
    node.kind = kind;
    node.position = tokens_[at_ == 0 ? 0 : at_ - 1].start;
    node.children = std::move(children);
    return node;
  }
  Result<NodeId> identity() { return add(make(NodeKind::identity)); }

  Result<NodeId> expression(int power) {
    if (depth_ >= kDepthMax) return too_deep();
    ++depth_;
    auto left = first(take());
    while (left && power < binding_power(current())) left = further(*left, take());
    --depth_;
    return left;
  }

  // A token that begins an expression.
  Result<NodeId> first(const Token& begin) {
    switch (begin.kind) {
      case TokenKind::literal: {
        Node node = make(NodeKind::literal);
        node.literal = begin.literal;
        return add(std::move(node));
      }
      case TokenKind::quoted_identifier:
        if (current() == TokenKind::lparen) {
          return parse_error(text_, "Quoted identifier not allowed for function names.", 0,
                             token());
        }
        [[fallthrough]];
      case TokenKind::unquoted_identifier: {
        Node node = make(NodeKind::field);
        node.text = begin.text;
        return add(std::move(node));
      }
      case TokenKind::star: {
        RC_TRY(const NodeId left, identity());
        if (current() == TokenKind::rbracket) {
          RC_TRY(const NodeId right, identity());
          return add(make(NodeKind::value_projection, {left, right}));
        }
        RC_TRY(const NodeId right, projected(TokenKind::star));
        return add(make(NodeKind::value_projection, {left, right}));
      }
      case TokenKind::filter: {
        RC_TRY(const NodeId left, identity());
        return filter(left);
      }
      case TokenKind::lbrace:
        return multi_select_hash();
      case TokenKind::lparen: {
        RC_TRY(const NodeId inner, expression(0));
        RC_CHECK(match(TokenKind::rparen));
        return inner;
      }
      case TokenKind::flatten: {
        RC_TRY(const NodeId left, identity());
        return flatten(left);
      }
      case TokenKind::not_: {
        Node node = make(NodeKind::not_expression);
        RC_TRY(const NodeId operand, expression(binding_power(TokenKind::not_)));
        node.children = {operand};
        return add(std::move(node));
      }
      case TokenKind::lbracket: {
        if (current() == TokenKind::number || current() == TokenKind::colon) {
          RC_TRY(const NodeId left, identity());
          RC_TRY(const NodeId right, index_or_slice());
          return indexed(left, right);
        }
        if (current() == TokenKind::star && following() == TokenKind::rbracket) {
          at_ += 2;
          RC_TRY(const NodeId left, identity());
          RC_TRY(const NodeId right, projected(TokenKind::star));
          return add(make(NodeKind::projection, {left, right}));
        }
        return multi_select_list();
      }
      case TokenKind::current:
        return identity();
      case TokenKind::expref: {
        Node node = make(NodeKind::reference);
        RC_TRY(const NodeId target, expression(0));
        node.children = {target};
        return add(std::move(node));
      }
      case TokenKind::eof:
        return incomplete_error(text_);
      default:
        return wrong(begin, "invalid token");
    }
  }

  // A token that goes on with the expression on its left.
  Result<NodeId> further(NodeId left, const Token& operation) {
    switch (operation.kind) {
      case TokenKind::dot: {
        if (current() == TokenKind::star) {
          ++at_;
          RC_TRY(const NodeId right, projected(TokenKind::dot));
          return add(make(NodeKind::value_projection, {left, right}));
        }
        RC_TRY(const NodeId right, after_dot(TokenKind::dot));
        if (nodes_[left].kind == NodeKind::subexpression) return joined(left, right);
        return add(make(NodeKind::subexpression, {left, right}));
      }
      case TokenKind::pipe: {
        RC_TRY(const NodeId right, expression(binding_power(TokenKind::pipe)));
        return add(make(NodeKind::pipe, {left, right}));
      }
      case TokenKind::or_:
        return binary(NodeKind::or_expression, left, operation);
      case TokenKind::and_:
        return binary(NodeKind::and_expression, left, operation);
      case TokenKind::eq:
      case TokenKind::ne:
      case TokenKind::gt:
      case TokenKind::gte:
      case TokenKind::lt:
      case TokenKind::lte:
        return binary(NodeKind::comparator, left, operation);
      case TokenKind::lparen:
        return call(left);
      case TokenKind::filter:
        return filter(left);
      case TokenKind::flatten:
        return flatten(left);
      case TokenKind::lbracket: {
        if (current() == TokenKind::number || current() == TokenKind::colon) {
          RC_TRY(const NodeId right, index_or_slice());
          if (nodes_[left].kind == NodeKind::index_expression) return joined(left, right);
          return indexed(left, right);
        }
        RC_CHECK(match(TokenKind::star));
        RC_CHECK(match(TokenKind::rbracket));
        RC_TRY(const NodeId right, projected(TokenKind::star));
        return add(make(NodeKind::projection, {left, right}));
      }
      default:
        return wrong(operation, "invalid token");
    }
  }

  Result<NodeId> joined(NodeId left, NodeId right) {
    Node& node = nodes_[left];
    node.children.push_back(right);
    if (nodes_[right].height >= kDepthMax) return too_deep();
    node.height = std::max(node.height, static_cast<std::uint16_t>(nodes_[right].height + 1));
    return left;
  }

  Result<NodeId> binary(NodeKind kind, NodeId left, const Token& operation) {
    Node node = make(kind);
    node.operation = operation.kind;
    RC_TRY(const NodeId right, expression(binding_power(operation.kind)));
    node.children = {left, right};
    return add(std::move(node));
  }

  Result<NodeId> call(NodeId left) {
    if (nodes_[left].kind != NodeKind::field) {
      const Token& before = tokens_[at_ - 2];
      return wrong(before, "Invalid function name '" + before.shown() + "'");
    }
    Node node = make(NodeKind::function);
    node.position = nodes_[left].position;
    node.text = nodes_[left].text;
    node.function = find_function(node.text);
    while (current() != TokenKind::rparen) {
      RC_TRY(const NodeId argument, expression(0));
      if (current() == TokenKind::comma) ++at_;
      node.children.push_back(argument);
    }
    ++at_;
    return add(std::move(node));
  }

  Result<NodeId> filter(NodeId left) {
    RC_TRY(const NodeId condition, expression(0));
    RC_CHECK(match(TokenKind::rbracket));
    auto right = current() == TokenKind::flatten ? identity() : projected(TokenKind::filter);
    if (!right) return right;
    return add(make(NodeKind::filter_projection, {left, *right, condition}));
  }

  Result<NodeId> flatten(NodeId left) {
    RC_TRY(const NodeId flat, add(make(NodeKind::flatten, {left})));
    RC_TRY(const NodeId right, projected(TokenKind::flatten));
    return add(make(NodeKind::projection, {flat, right}));
  }

  Result<NodeId> index_or_slice() {
    if (current() == TokenKind::colon || following() == TokenKind::colon) return slice();
    Node node = make(NodeKind::index);
    node.number = saturated(take().text);
    RC_CHECK(match(TokenKind::rbracket));
    return add(std::move(node));
  }

  Result<NodeId> slice() {
    Node node = make(NodeKind::slice);
    std::size_t part = 0;
    while (current() != TokenKind::rbracket) {
      if (current() == TokenKind::colon && part < 2) {
        ++part;
      } else if (current() == TokenKind::number) {
        node.slice.parts[part] = saturated(token().text);
      } else {
        return wrong(token(), "syntax error");
      }
      ++at_;
    }
    ++at_;
    return add(std::move(node));
  }

  // `left[…]`: a slice is projected, an index is not.
  Result<NodeId> indexed(NodeId left, NodeId right) {
    RC_TRY(const NodeId node, add(make(NodeKind::index_expression, {left, right})));
    if (nodes_[right].kind != NodeKind::slice) return node;
    RC_TRY(const NodeId each, projected(TokenKind::star));
    return add(make(NodeKind::projection, {node, each}));
  }

  Result<NodeId> multi_select_list() {
    Node node = make(NodeKind::multi_select_list);
    while (true) {
      RC_TRY(const NodeId element, expression(0));
      node.children.push_back(element);
      if (current() == TokenKind::rbracket) break;
      RC_CHECK(match(TokenKind::comma));
    }
    ++at_;
    return add(std::move(node));
  }

  Result<NodeId> multi_select_hash() {
    Node node = make(NodeKind::multi_select_hash);
    std::unordered_map<std::string, std::size_t> slots;
    while (true) {
      if (current() != TokenKind::quoted_identifier &&
          current() != TokenKind::unquoted_identifier) {
        return expecting("['quoted_identifier', 'unquoted_identifier']");
      }
      const std::string name = take().text;
      RC_CHECK(match(TokenKind::colon));
      RC_TRY(const NodeId value, expression(0));
      node.children.push_back(value);
      const auto [slot, is_new] = slots.emplace(name, node.names.size());
      if (is_new) node.names.push_back(name);
      node.slots.push_back(slot->second);
      if (current() == TokenKind::comma) {
        ++at_;
      } else if (current() == TokenKind::rbrace) {
        ++at_;
        return add(std::move(node));
      }
    }
  }

  // What is done with each element of a projection that began with `by`.
  Result<NodeId> projected(TokenKind by) {
    if (binding_power(current()) < kProjectionStop) return identity();
    if (current() == TokenKind::lbracket || current() == TokenKind::filter) {
      return expression(binding_power(by));
    }
    if (current() != TokenKind::dot) return wrong(token(), "syntax error");
    ++at_;
    return after_dot(by);
  }

  Result<NodeId> after_dot(TokenKind by) {
    switch (current()) {
      case TokenKind::quoted_identifier:
      case TokenKind::unquoted_identifier:
      case TokenKind::star:
        return expression(binding_power(by));
      case TokenKind::lbracket:
        ++at_;
        return multi_select_list();
      case TokenKind::lbrace:
        ++at_;
        return multi_select_hash();
      default:
        return wrong(token(),
                     "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', "
                     "'lbrace'], got: " +
                         std::string(name_of(current())));
    }
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::vector<Node> nodes_;
};

}  // namespace

Result<Expression> Expression::compile(std::string_view text) {
  RC_TRY(auto tokens, tokenize(text));
  RC_TRY(Ast ast, Parser(text, std::move(tokens)).run());
  return Expression(std::make_shared<const Ast>(std::move(ast)));
}

const std::string& Expression::text() const { return ast_->text; }

}  // namespace rolecall::jmespath
