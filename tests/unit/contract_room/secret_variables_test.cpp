#include "worker/contract/secret_variables.h"

#include <gtest/gtest.h>

namespace visionops::contract {
namespace {

TEST(SecretVariables, CredentialsAreKnownByTheirNames) {
  for (const char* name : {"HF_TOKEN", "WANDB_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                           "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_USERNAME", "PGUSER_USER", "MY_SETTING"}) {
    EXPECT_TRUE(is_credential(name)) << name;
  }
}

TEST(SecretVariables, NothingThatLoadsAProgramIsOne) {
  for (const char* name : {"LD_PRELOAD",
                           "LD_LIBRARY_PATH",
                           "LD_AUDIT",
                           "GLIBC_TUNABLES",
                           "PYTHONPATH",
                           "PYTHONSTARTUP",
                           "OPENSSL_CONF",
                           "OPENSSL_MODULES",
                           "CUDA_INJECTION64_PATH",
                           "NCCL_NET_PLUGIN",
                           "PATH",
                           "HOME",
                           "BASH_ENV",
                           "ENV",
                           "GCONV_PATH",
                           "NVIDIA_VISIBLE_DEVICES",
                           "VISIONOPS_RUN",
                           "KUBERNETES_SERVICE_HOST",
                           "JOB_COMPLETION_INDEX",
                           "SSL_CERT_FILE",
                           "LD_PRELOAD_KEY",
                           "PYTHON_TOKEN",
                           "VISIONOPS_TELEMETRY_TOKEN",
                           "_KEY",
                           "",
                           "A B_KEY",
                           "A=B_KEY"}) {
    EXPECT_FALSE(is_credential(name)) << name;
  }
}

TEST(SecretVariables, AreToldByTheirPrefix) {
  EXPECT_EQ(name_in_secret("VISIONOPS_SECRET_HF_TOKEN=hf=x"), "HF_TOKEN");
  EXPECT_EQ(name_in_secret("VISIONOPS_SECRET_="), "");
  EXPECT_FALSE(name_in_secret("VISIONOPS_SECRET"));
  EXPECT_FALSE(name_in_secret("HF_TOKEN=VISIONOPS_SECRET_"));
}

}  // namespace
}  // namespace visionops::contract
