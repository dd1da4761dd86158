#include "services/iam/testing.h"

namespace rolecall::iam {
namespace {

using testing::World;

constexpr std::string_view kCommit = "codecommit.amazonaws.com";

ServiceSpecificCredential make(World& w, const std::string& user,
                               std::string_view service = kCommit) {
  return *w.must(create_service_specific_credential,
                 CreateServiceSpecificCredentialInput{.user_name = user,
                                                      .service_name = std::string(service)})
              .service_specific_credential;
}

TEST(ServiceCredentials, LiveAsAwsHasThem) {
  World w;
  w.user("bea");
  const auto made = make(w, "bea");
  EXPECT_EQ(made.service_user_name, "bea-at-111111111111");
  EXPECT_EQ(made.status, "Active");
  EXPECT_EQ(made.service_name, kCommit);
  EXPECT_EQ(made.user_name, "bea");
  EXPECT_FALSE(made.service_password.empty());
  const std::string id = made.service_specific_credential_id;
  EXPECT_TRUE(id.starts_with("ACCA"));
  EXPECT_EQ(id.size(), 21u);

  w.must(update_service_specific_credential,
         UpdateServiceSpecificCredentialInput{
             .user_name = "bea", .service_specific_credential_id = id, .status = "Inactive"});
  const auto listed = w.must(list_service_specific_credentials,
                             ListServiceSpecificCredentialsInput{.user_name = "bea"});
  ASSERT_EQ(listed.service_specific_credentials->size(), 1u);
  EXPECT_EQ(listed.service_specific_credentials->front().status, "Inactive");
  EXPECT_EQ(listed.service_specific_credentials->front().service_specific_credential_id, id);

  const auto again = w.must(reset_service_specific_credential,
                            ResetServiceSpecificCredentialInput{
                                .user_name = "bea", .service_specific_credential_id = id});
  EXPECT_EQ(again.service_specific_credential->status, "Inactive");
  EXPECT_NE(again.service_specific_credential->service_password, made.service_password);

  const DeleteServiceSpecificCredentialInput gone{.user_name = "bea",
                                                  .service_specific_credential_id = id};
  w.must(delete_service_specific_credential, gone);
  EXPECT_EQ(w.refusal(delete_service_specific_credential, gone),
            "NoSuchEntity 404: No such credential " + id + " exists");
  EXPECT_TRUE(w.must(list_service_specific_credentials,
                     ListServiceSpecificCredentialsInput{.user_name = "bea"})
                  .service_specific_credentials->empty());
}

TEST(ServiceCredentials, OnlyKnownUsersAndServices) {
  World w;
  w.user("bea");
  const auto create = [&](const std::string& user, const std::string& service) {
    return w.refusal(
        create_service_specific_credential,
        CreateServiceSpecificCredentialInput{.user_name = user, .service_name = service});
  };
  EXPECT_EQ(create("x", "y"), "NoSuchEntity 404: The user with name x cannot be found.");
  EXPECT_EQ(create("bea", "y"),
            "NoSuchEntity 404: No such service y is supported for Service Specific Credentials");
}

TEST(ServiceCredentials, BelongToTheirUserAlone) {
  World w;
  w.user("bea");
  w.user("cem");
  const std::string id = make(w, "bea").service_specific_credential_id;
  EXPECT_EQ(w.refusal(update_service_specific_credential,
                      UpdateServiceSpecificCredentialInput{.user_name = "cem",
                                                           .service_specific_credential_id = id,
                                                           .status = "Inactive"}),
            "NoSuchEntity 404: No such credential " + id + " exists");
  EXPECT_EQ(w.refusal(reset_service_specific_credential,
                      ResetServiceSpecificCredentialInput{.user_name = "cem",
                                                          .service_specific_credential_id = id}),
            "NoSuchEntity 404: No such credential " + id + " exists");
}

TEST(ServiceCredentials, TwoOfAServiceAndNotMore) {
  World w;
  w.user("bea");
  make(w, "bea");
  EXPECT_EQ(make(w, "bea").service_user_name, "bea+1-at-111111111111");
  make(w, "bea", "cassandra.amazonaws.com");
  EXPECT_EQ(w.refusal(create_service_specific_credential,
                      CreateServiceSpecificCredentialInput{.user_name = "bea",
                                                           .service_name = std::string(kCommit)}),
            "LimitExceeded 409: Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2");
  EXPECT_EQ(w.must(list_service_specific_credentials,
                   ListServiceSpecificCredentialsInput{.user_name = "bea",
                                                       .service_name = "cassandra.amazonaws.com"})
                .service_specific_credentials->size(),
            1u);
}

TEST(ServiceCredentials, KeepTheirUserFromBeingDeletedAndFollowHisName) {
  World w;
  w.user("bea");
  const std::string id = make(w, "bea").service_specific_credential_id;
  EXPECT_EQ(w.refusal(delete_user, DeleteUserInput{.user_name = "bea"}),
            "DeleteConflict 409: Cannot delete entity, must remove referenced objects first.");
  w.must(update_user, UpdateUserInput{.user_name = "bea", .new_user_name = "bee"});
  const auto listed = w.must(list_service_specific_credentials,
                             ListServiceSpecificCredentialsInput{.user_name = "bee"});
  ASSERT_EQ(listed.service_specific_credentials->size(), 1u);
  EXPECT_EQ(listed.service_specific_credentials->front().user_name, "bee");
  w.must(delete_service_specific_credential,
         DeleteServiceSpecificCredentialInput{.user_name = "bee",
                                              .service_specific_credential_id = id});
  w.must(delete_user, DeleteUserInput{.user_name = "bee"});
}

TEST(ServiceCredentials, RootHasNone) {
  World w;
  w.become_root();
  EXPECT_EQ(w.refusal(create_service_specific_credential,
                      CreateServiceSpecificCredentialInput{.user_name = "admin",
                                                           .service_name = std::string(kCommit)}),
            "NoSuchEntity 404: The user with name admin cannot be found.");
  EXPECT_TRUE(w.must(list_service_specific_credentials, ListServiceSpecificCredentialsInput{})
                  .service_specific_credentials->empty());
}

}  // namespace
}  // namespace rolecall::iam
