#include "tests/unit/framework/told_run.h"

namespace visionops::framework {
namespace {

std::string traceback(const std::string& exception,
                      const std::string& frames = "  File \"/job/train.py\", line 3, in main\n") {
  return "Traceback (most recent call last):\n" + frames + exception + "\n";
}

std::string class_of(const std::string& exception,
                     const std::string& frames = "  File \"/job/train.py\", line 3, in main\n") {
  return ToldRun("").says(traceback(exception, frames), 1).fails(1);
}

TEST(Verdict, OfAnExceptionIsWhatItSays) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 MiB", "CudaOOM"},
      {"RuntimeError: CUDA error: an illegal memory access was encountered", "CudaError"},
      {"RuntimeError: CUDA error: uncorrectable ECC error encountered", "Xid"},
      {"RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:1970, unhandled system error", "NcclTimeout"},
      {"RuntimeError: unable to write to file </torch_77_1>: No space left on device (28)", "ShmTooSmall"},
      {"RuntimeError: unable to open shared memory object </torch_5566_0> in read-write mode", "EnvironmentError"},
      {"RuntimeError: unable to mmap 32 bytes from file </torch_239305_1669300387>: Cannot allocate memory (12)",
       "HostOOM"},
      {"AssertionError: runs/last.pt training to 300 epochs is finished, nothing to resume.", "UserError"},
      {"OSError: [Errno 28] No space left on device: '/job/out'", "DiskFull"},
      {"OSError: [Errno 122] Disk quota exceeded", "DiskFull"},
      {"RuntimeError: [enforce fail at inline_container.cc:595] . unexpected pos 64 vs 0", "DiskFull"},
      {"RuntimeError: DataLoader worker (pid(s) 1, 2) exited unexpectedly", "WorkerKilled"},
      {"RuntimeError: DataLoader worker (pid 12) is killed by signal: Bus error. It is possible that dataloader's "
       "workers are out of "
       "shared memory.",
       "ShmTooSmall"},
      {"numpy._core._exceptions._ArrayMemoryError: Unable to allocate 9.5 GiB for an array with shape (1,)", "HostOOM"},
      {"MemoryError", "HostOOM"},
      {"RuntimeError: [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory",
       "HostOOM"},
      {"ModuleNotFoundError: No module named 'timm'", "EnvironmentError"},
      {"ImportError: libGL.so.1: cannot open shared object file: No such file or directory", "EnvironmentError"},
      {"AssertionError: Torch not compiled with CUDA enabled", "EnvironmentError"},
      {"PermissionError: [Errno 13] Permission denied: '/data/labels.cache'", "PermissionError"},
      {"OSError: [Errno 30] Read-only file system: 'out'", "PermissionError"},
      {"urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", "DownloadFailed"},
      {"OSError: Can't load the model for 'google/vit'. If you were trying to load it from "
       "'https://huggingface.co/models'",
       "DownloadFailed"},
      {"safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer",
       "CheckpointUnreadable"},
      {"_pickle.UnpicklingError: invalid load key, '<'.", "CheckpointUnreadable"},
      {"FileNotFoundError: [Errno 2] No such file or directory: 'runs/last.pt'", "CheckpointUnreadable"},
      {"FileNotFoundError: [Errno 2] No such file or directory: '/data/train'", "DataError"},
      {"PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object>", "DataError"},
      {"IndexError: Target 3 is out of bounds.", "DataError"},
      {"ValueError: num_samples should be a positive integer value, but got num_samples=0", "DataError"},
      {"ValueError: matrix contains invalid numeric entries", "NaN"},
      {"FloatingPointError: Loss became infinite or NaN at iteration=27!", "NaN"},
      {"KeyboardInterrupt", "Cancelled"},
      {"lightning.pytorch.utilities.exceptions.SIGTERMException", "Terminated"},
      {"RuntimeError: Unknown model (resnot50)", "UserError"},
      {"ValueError: something of one's own", "UserError"},
  };
  for (const auto& [exception, expected] : cases) EXPECT_EQ(class_of(exception), expected) << exception;
}

TEST(Verdict, OfAnUnknownExceptionIsWhereItHappened) {
  EXPECT_EQ(class_of("ValueError: bad",
                     "  File \"/opt/lib/python3.11/site-packages/pycocotools/coco.py\", line 3, in loadRes\n"),
            "DataError");
  EXPECT_EQ(class_of("KeyError: 'x'", "  File \"/job/dataset.py\", line 3, in __getitem__\n"), "DataError");
  EXPECT_EQ(class_of("RuntimeError: odd",
                     "  File \"/opt/lib/python3.11/site-packages/torch/serialization.py\", line 3, in load\n"),
            "CheckpointUnreadable");
  EXPECT_EQ(class_of("ValueError: bad", "  File \"/mnt/data/scripts/train.py\", line 3, in main\n"), "UserError");
}

TEST(Verdict, OfASharedLockThatFindsNoRoomIsSharedMemory) {
  const std::string lock = "  File \"/usr/lib/python3.11/multiprocessing/synchronize.py\", line 57, in __init__\n";
  EXPECT_EQ(class_of("OSError: [Errno 28] No space left on device", lock), "ShmTooSmall");
  EXPECT_EQ(class_of("OSError: [Errno 28] No space left on device"), "DiskFull");
}

TEST(Verdict, BelievesTheLastOfAChainAndWhatItCameOutOf) {
  ToldRun run("");
  run.says(traceback("requests.exceptions.ConnectionError: Max retries exceeded with url") +
           "\nThe above exception was the direct cause of the following exception:\n\n" +
           traceback("RuntimeError: no model"));
  const auto verdict = run.exits(1);
  EXPECT_EQ(verdict.failure, contract::FailureClass::DownloadFailed);
  EXPECT_EQ(verdict.evidence, "RuntimeError: no model");
}

TEST(Verdict, IgnoresWhatPythonIgnores) {
  ToldRun run("");
  run.says(traceback("RuntimeError: CUDA out of memory. Tried to allocate 1 GiB") +
           "Exception ignored in: <function x>\n" + traceback("AssertionError: can only test a child process"));
  EXPECT_EQ(run.fails(1), "CudaOOM");
}

TEST(Verdict, OfSignalsIsWhatTheKernelSays) {
  EXPECT_EQ(ToldRun("").fails({.signal = 9}), "Killed");
  EXPECT_EQ(ToldRun("").fails({.exit_code = 137, .oom_killed = true}), "HostOOM");
  EXPECT_EQ(ToldRun("").fails({.signal = 15}), "Terminated");
  EXPECT_EQ(ToldRun("").fails({.exit_code = 130}), "Cancelled");
  EXPECT_EQ(ToldRun("").fails({.signal = 7}), "ShmTooSmall");
  EXPECT_EQ(ToldRun("").fails({.signal = 11}), "Crash");
  EXPECT_EQ(ToldRun("").fails({.exit_code = 138}), "RetryRequested");
  EXPECT_EQ(ToldRun("").fails({.exit_code = 127}), "EnvironmentError");
  EXPECT_EQ(ToldRun("").says("train.py: error: unrecognized arguments: --epoch 3\n").fails(2), "UserError");
  EXPECT_EQ(ToldRun("").says("something\n").fails(1), "Unknown");
}

TEST(Verdict, WatchdogsThatEndAsTheyShouldSayNothing) {
  ToldRun run("");
  run.says(
      "I1002 15:18:51.080338 ProcessGroupNCCL.cpp:530] [Rank 1] NCCL watchdog thread terminated normally\n"
      "I1002 15:18:48 ProcessGroupNCCL.cpp:492] [Rank 2] ProcessGroupNCCL initialized with TIMEOUT(ms): 1000\n" +
      traceback("ValueError: something of one's own"));
  EXPECT_EQ(run.fails(1), "UserError");
}

TEST(Verdict, OfAnAbortIsWhatTheLogSays) {
  EXPECT_EQ(ToldRun("").says("[E926] Watchdog caught collective operation timeout: WorkNCCL\n").fails({.signal = 6}),
            "NcclTimeout");
  const std::string thrown = "terminate called after throwing an instance of ";
  EXPECT_EQ(ToldRun("").says(thrown + "'std::bad_alloc'\n").fails({.signal = 6}), "HostOOM");
  EXPECT_EQ(ToldRun("").says(thrown + "'std::length_error'\n").fails({.signal = 6}), "Crash");
}

TEST(Verdict, OfExitCodeZeroIsNotFinishedBeforeTheLastEpoch) {
  ToldRun run("generic", 5);
  run.says("Epoch 2, loss: 0.5\n");
  const auto verdict = run.exits(0);
  EXPECT_FALSE(verdict.finished);
  EXPECT_EQ(verdict.evidence, "Epoch 2, loss: 0.5");
  EXPECT_NE(verdict.hint.find("1 of 5 epochs"), std::string::npos);
  EXPECT_EQ(ToldRun("generic", 5).says("Epoch 2, loss: 0.5\n").fails({.signal_sent = 15}), "Terminated");
  EXPECT_TRUE(ToldRun("generic", 5).says("no word of epochs\n").exits(0).finished);
}

TEST(Verdict, OfExitCodeZeroIsFinishedWhenOneLineAnEpochCameUpToTheLast) {
  const std::string said = "Epoch 1, loss: 0.6\nEpoch 2, loss: 0.5\n";
  EXPECT_TRUE(ToldRun("generic", 2).says(said).exits(0).finished);
  EXPECT_EQ(ToldRun("generic", 2).says(said).fails({.signal_sent = 15}), "Terminated");
  EXPECT_FALSE(ToldRun("generic", 3).says(said).exits(0).finished);
  EXPECT_FALSE(ToldRun("generic", 2).says("Epoch 1, loss: 0.6\nEpoch 2, step 3/10, loss: 0.5\n").exits(0).finished);
}

TEST(Verdict, ALossThatIsNoNumberAtTheEndIsNoSuccessAndOneThatRecoveredIs) {
  EXPECT_EQ(ToldRun("generic").says("Epoch 1, loss: nan\n").fails(0), "NaN");
  EXPECT_EQ(ToldRun("generic").says("Epoch 1, grad_norm: inf\nEpoch 2, grad_norm: 1.5\n").fails(0), "finished");
  EXPECT_EQ(ToldRun("generic").says("Epoch 1, AP of small: nan\n").fails(0), "finished");
}

TEST(Verdict, AResumeThatBeganAnewWasNotApplied) {
  ToldRun run(ToldRun::reading_of("generic"), 8, 5);
  run.says("Epoch 1, loss: 0.5\nEpoch 8, loss: 0.5\n");
  run.reader.saw_checkpoint(8);
  EXPECT_EQ(run.fails(0), "ResumeNotApplied");
  ToldRun good(ToldRun::reading_of("generic"), 8, 5);
  EXPECT_EQ(good.says("Epoch 6, loss: 0.5\n").reader.epochs_done(), 5);
}

TEST(Verdict, SharedMemoryThatIsTooSmallIsSaidBeforeTheEnd) {
  ToldRun run("");
  run.says("RuntimeError: unable to allocate shared memory(shm) for file </torch_22_1>: No space left on device (28)\n",
           1);
  ASSERT_TRUE(run.reader.lost());
  EXPECT_EQ(run.reader.lost()->failure, contract::FailureClass::ShmTooSmall);
  EXPECT_EQ(run.fails({.signal = 9, .hung = true}), "ShmTooSmall");
}

TEST(Verdict, OwnRulesOfARuntimeComeFirst) {
  contract::FrameworkReading reading;
  reading.failures = {{"^licence", "EnvironmentError", "ask for a licence"}};
  ToldRun run(reading);
  run.says("licence has expired\n" + traceback("RuntimeError: CUDA out of memory. Tried"));
  const auto verdict = run.exits(1);
  EXPECT_EQ(verdict.failure, contract::FailureClass::EnvironmentError);
  EXPECT_EQ(verdict.hint, "ask for a licence");
}

TEST(Verdict, OfAHangIsWhereTheMainThreadOfPythonStood) {
  ToldRun run("");
  run.says(
      "Epoch 3/5 loss: 0.3\n"
      "Fatal Python error: Aborted\n\n"
      "Thread 0x00007f1 (most recent call first):\n"
      "  File \"/usr/lib/python3.11/threading.py\", line 320 in wait\n\n"
      "Current thread 0x00007f2 (most recent call first):\n"
      "  File \"/job/train.py\", line 32 in exchange\n"
      "  File \"/job/train.py\", line 90 in main\n\n"
      "Extension modules: numpy (total: 1)\n",
      1);
  run.ends();
  const auto verdict = run.reader.verdict({.signal = 6, .hung = true});
  EXPECT_EQ(verdict.failure, contract::FailureClass::Hung);
  EXPECT_EQ(verdict.evidence, "File \"/job/train.py\", line 32 in exchange");
}

TEST(Verdict, OfAHangWithoutStacksIsItsLastWord) {
  ToldRun run("generic");
  run.says("Epoch 3/5 loss: 0.3\n").ends();
  const auto verdict = run.reader.verdict({.signal = 9, .hung = true});
  EXPECT_EQ(verdict.failure, contract::FailureClass::Hung);
  EXPECT_EQ(verdict.evidence, "Epoch 3/5 loss: 0.3");
}

TEST(Story, KeepsEventsFewAndShort) {
  ToldRun run("");
  for (int i = 0; i < 1000; ++i)
    run.says("WARNING: Skipped sample (index " + std::to_string(i) + "). Truncated File Read\n");
  run.says("WARNING " + std::string(100'000, 'x') + "\n");
  const auto events = run.events();
  ASSERT_EQ(events.size(), 6U) << "five that are alike, and one other";
  EXPECT_LE(events[5].size(), 1024U);
}

TEST(Story, GoesOnWithAnyBytes) {
  ToldRun run(ToldRun::reading_of("ultralytics"), 3);
  std::string bytes;
  unsigned state = 7;
  for (int i = 0; i < 300'000; ++i) {
    state = state * 1664525 + 1013904223;
    bytes += static_cast<char>(state >> 24);
  }
  run.says(bytes).says("Traceback (most recent call last):\n" + bytes);
  EXPECT_FALSE(run.exits(1).finished);
}

}  // namespace
}  // namespace visionops::framework
