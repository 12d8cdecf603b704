#include "worker/train/engine/loop/secret_environment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>

namespace visionops::train {
namespace {

std::string value_of(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "(none)";
}

TEST(SecretEnvironment, GivesCredentialsTheirNamesAndLeavesOutWhatLoadsPrograms) {
  ::setenv("VISIONOPS_SECRET_TEST_TOKEN", "a=b", 1);
  ::setenv("VISIONOPS_SECRET_OPENSSL_CONF", "/stores/datasets/evil.cnf", 1);
  ::setenv("VISIONOPS_SECRET_LD_PRELOAD", "/stores/datasets/evil.so", 1);
  std::ostringstream log;
  take_secrets(log);
  EXPECT_EQ(value_of("TEST_TOKEN"), "a=b");
  for (const char* name : {"OPENSSL_CONF", "LD_PRELOAD", "VISIONOPS_SECRET_TEST_TOKEN", "VISIONOPS_SECRET_OPENSSL_CONF",
                           "VISIONOPS_SECRET_LD_PRELOAD"}) {
    EXPECT_EQ(value_of(name), "(none)") << name;
  }
  EXPECT_NE(log.str().find("variable LD_PRELOAD of a Secret is left out"), std::string::npos) << log.str();
  EXPECT_EQ(log.str().find("evil"), std::string::npos) << "a value is nobody's business";
  ::unsetenv("TEST_TOKEN");
}

TEST(SecretEnvironment, WhatTheSpecSaysWinsOverASecret) {
  ::setenv("MY_TEST_SETTING", "of the spec", 1);
  ::setenv("VISIONOPS_SECRET_MY_TEST_SETTING", "of a Secret", 1);
  std::ostringstream log;
  take_secrets(log);
  EXPECT_EQ(value_of("MY_TEST_SETTING"), "of the spec");
  ::unsetenv("MY_TEST_SETTING");
}

}  // namespace
}  // namespace visionops::train
