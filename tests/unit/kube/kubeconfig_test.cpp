#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "operator/kube/transport/endpoint.h"

namespace visionops::kube {
namespace {

namespace fs = std::filesystem;

class Kubeconfig : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("kubeconfig-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  static std::string config(const std::string& cluster, const std::string& user) {
    return "current-context: lab\n"
           "contexts:\n- {name: lab, context: {cluster: lab, user: me, namespace: vision}}\n- {name: other, context: "
           "{cluster: nowhere, user: me}}\n"
           "clusters:\n- name: lab\n  cluster: {server: 'https://lab:6443', " +
           cluster +
           "}\n"
           "users:\n- name: me\n  user: {" +
           user + "}\n";
  }

  fs::path folder_;
};

TEST_F(Kubeconfig, ReadsTheCurrentContextWithInlineData) {
  const auto file = write("config", config("certificate-authority-data: aGVsbG8=", "token: abc"));
  auto endpoint = endpoint_from_kubeconfig(file, "");
  ASSERT_TRUE(endpoint.ok()) << endpoint.error().message;
  EXPECT_EQ(endpoint->server, "https://lab:6443");
  EXPECT_EQ(endpoint->ca_pem, "hello");
  EXPECT_EQ(endpoint->default_namespace, "vision");
  EXPECT_EQ(endpoint->token.bearer()->reveal(), "abc");
}

TEST_F(Kubeconfig, FilesAreRelativeToTheConfig) {
  write("ca.pem", "authority");
  write("token", "from-file\n");
  const auto file = write("config", config("certificate-authority: ca.pem", "tokenFile: token"));
  auto endpoint = endpoint_from_kubeconfig(file, "");
  ASSERT_TRUE(endpoint.ok()) << endpoint.error().message;
  EXPECT_EQ(endpoint->ca_pem, "authority");
  EXPECT_EQ(endpoint->token.bearer()->reveal(), "from-file");
}

TEST_F(Kubeconfig, AMissingContextOrClusterIsNamed) {
  const auto file = write("config", config("certificate-authority-data: aGVsbG8=", "token: abc"));
  EXPECT_NE(endpoint_from_kubeconfig(file, "prod").error().message.find("\"prod\""), std::string::npos);
  EXPECT_NE(endpoint_from_kubeconfig(file, "other").error().message.find("\"nowhere\""), std::string::npos);
}

TEST_F(Kubeconfig, UnverifiedTlsIsRefused) {
  const auto file = write("config", config("insecure-skip-tls-verify: true", "token: abc"));
  const auto endpoint = endpoint_from_kubeconfig(file, "");
  ASSERT_FALSE(endpoint.ok());
  EXPECT_NE(endpoint.error().message.find("insecure-skip-tls-verify"), std::string::npos);
}

TEST_F(Kubeconfig, AnExecPluginGivesTheTokenAndSeesItsEnvironment) {
  const auto plugin = write(
      "plugin",
      "#!/bin/sh\necho \"{\\\"kind\\\":\\\"ExecCredential\\\",\\\"status\\\":{\\\"token\\\":\\\"$REALM-$1\\\"}}\"\n");
  fs::permissions(plugin, fs::perms::owner_all);
  const auto file =
      write("config", config("certificate-authority-data: aGVsbG8=",
                             "exec: {command: '" + plugin + "', args: [lab], env: [{name: REALM, value: vision}]}"));
  auto endpoint = endpoint_from_kubeconfig(file, "");
  ASSERT_TRUE(endpoint.ok()) << endpoint.error().message;
  auto token = endpoint->token.bearer();
  ASSERT_TRUE(token.ok()) << token.error().message;
  EXPECT_EQ(token->reveal(), "vision-lab");
}

TEST_F(Kubeconfig, AFailingPluginIsRetriedWithoutItsOutput) {
  auto source = TokenSource::exec({"/bin/sh", "-c", "echo secret-token; exit 3"}, {});
  const auto token = source.bearer();
  ASSERT_FALSE(token.ok());
  EXPECT_EQ(token.error().cls, ErrorClass::Retry);
  EXPECT_EQ(token.error().message.find("secret-token"), std::string::npos);
}

}  // namespace
}  // namespace visionops::kube
