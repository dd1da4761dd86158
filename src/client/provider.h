// A provider looks whether it has credentials for a profile, and answers with a Source: which knows
// at once who it would be, and only asks the network (or a person) when it is told to fetch.
// One file a provider; chain.h puts them in order.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/cache.h"
#include "client/credentials.h"
#include "client/session.h"

namespace rolecall::client {

class Source {
 public:
  virtual ~Source() = default;
  // The provider's name as the AWS CLI has it.
  virtual std::string_view method() const = 0;
  // Who this is, the same on every run: sessions made with these credentials are kept under it.
  virtual std::string identity() const = 0;
  virtual Result<Credentials> fetch(Session& session) = 0;
  // The server refused what fetch() gave: do not give it again.
  virtual void forget(Session&) {}
  // The steps that led here, the first one first. Complete after fetch().
  virtual void describe(std::vector<Hop>& hops) const = 0;
  // The session's ARN where it is known without asking ("" otherwise).
  virtual std::string arn() const { return {}; }
  // What fetch() would find on disk, fresh or not; nothing is opened or asked.
  virtual std::optional<CachedSession> kept_session(Session&) { return std::nullopt; }
};

// Which profile is looked at, and whether environment variables count.
struct Lookup {
  Session& session;
  std::string profile;
  bool use_environment = true;
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view method() const = 0;
  // nullptr: not here, go on; `why` says why. An error ends the search: what is configured and
  // broken must not fall through to somebody else's credentials.
  virtual Result<std::unique_ptr<Source>> load(const Lookup& lookup, std::string& why) const = 0;
};

const Provider& environment_provider();
const Provider& assume_role_provider();
const Provider& web_identity_provider();
const Provider& sso_provider();
const Provider& shared_credentials_provider();
const Provider& process_provider();
const Provider& config_provider();
const Provider& container_provider();
const Provider& instance_provider();

// Credentials that are simply there.
std::unique_ptr<Source> make_static_source(std::string_view method, std::string profile,
                                           Credentials credentials);
// aws_access_key_id and companions of one section; nullptr when it has no key id.
Result<std::unique_ptr<Source>> static_source_of(const Section* section, std::string_view method,
                                                 std::string_view profile, std::string& why);

// Credentials that are kept on disk while they last. fetch() uses what is kept; else it takes the
// lock, looks again and opens a session.
class CachedSource : public Source {
 public:
  Result<Credentials> fetch(Session& session) override;
  void forget(Session& session) override;
  std::string arn() const override { return arn_; }
  std::string identity() const override { return "session:" + key(); }
  std::optional<CachedSession> kept_session(Session& session) override;

 protected:
  virtual std::string key() const = 0;
  virtual Result<CachedSession> open(Session& session) = 0;
  // The AWS CLI's file of this session, when the profile shares them; "" otherwise.
  virtual std::string shared_path(Session&) const { return {}; }
  const std::string& note() const { return note_; }

 private:
  std::optional<CachedSession> kept(Session& session, const SessionCache& cache);
  Credentials take(Session& session, const CachedSession& entry, std::string_view how);
  std::string arn_, note_;
  bool forgotten_ = false;
};

// "52 minutes", "14 seconds", "2 hours"
std::string duration_words(std::int64_t seconds);

}  // namespace rolecall::client
