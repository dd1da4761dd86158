#include "app/certificates.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/log.h"
#include "wire/hosts.h"

namespace rolecall::app {

Status write_private_file(const std::string& path, std::string_view contents, Synced synced) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fault("cannot write " + path + ": " + std::strerror(errno));
  std::size_t done = 0;
  while (done < contents.size()) {
    const ssize_t wrote = ::write(fd, contents.data() + done, contents.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  const bool good = done == contents.size() && (synced == Synced::no || ::fsync(fd) == 0);
  ::close(fd);
  if (!good || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    ::unlink(temporary.c_str());
    return fault("cannot write " + path + ": " + why);
  }
  return {};
}

Result<std::string> read_whole_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fault("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Result<std::shared_ptr<LocalAuthority>> LocalAuthority::open(const std::string& directory,
                                                             const Clock& clock, Random& random,
                                                             Synced synced) {
  const std::string certificate_path = directory + "/ca.pem";
  const std::string key_path = directory + "/ca.key";
  if (::access(certificate_path.c_str(), R_OK) == 0 && ::access(key_path.c_str(), R_OK) == 0) {
    RC_TRY(const std::string certificate, read_whole_file(certificate_path));
    RC_TRY(std::string key, read_whole_file(key_path));
    RC_TRY(auto authority, crypto::CertificateAuthority::load(certificate, Secret(std::move(key))));
    return std::make_shared<LocalAuthority>(std::move(authority), clock, random);
  }
  const Instant now = clock.now();
  const crypto::Validity validity{now.plus_seconds(-86'400), now.plus_seconds(kAuthoritySeconds)};
  RC_TRY(auto authority,
         crypto::CertificateAuthority::create("Rolecall local authority", validity, random));
  RC_CHECK(write_private_file(key_path, authority.key_pem().reveal(), synced));
  RC_CHECK(write_private_file(certificate_path, authority.certificate_pem(), synced));
  return std::make_shared<LocalAuthority>(std::move(authority), clock, random);
}

std::shared_ptr<const http::CertificatePem> LocalAuthority::leaf_for(std::string_view host) {
  const std::string name(host.empty() ? "localhost" : host);
  if (!wire::is_served_host(name)) return nullptr;
  const std::lock_guard lock(mutex_);
  if (const auto found = leaves_.find(name); found != leaves_.end()) return found->second;
  const Instant now = clock_.now();
  crypto::LeafRequest request;
  request.validity = {now.plus_seconds(-86'400), now.plus_seconds(kLeafSeconds)};
  if (name == "127.0.0.1" || name == "::1") {
    request.ip_addresses = {name};
  } else {
    request.dns_names = {name};
  }
  // One certificate for the name and for those who came by address and so sent no name.
  if (name == "localhost") request.ip_addresses = {"127.0.0.1", "::1"};
  auto leaf = authority_.issue(request, random_);
  if (!leaf) {
    log::warning("no certificate", {{"host", name}, {"why", leaf.error().text()}});
    return nullptr;
  }
  if (leaves_.size() >= kLeavesMax) leaves_.clear();
  auto made = std::make_shared<const http::CertificatePem>(
      http::CertificatePem{leaf->certificate, std::move(leaf->key)});
  leaves_.emplace(name, made);
  return made;
}

}  // namespace rolecall::app
