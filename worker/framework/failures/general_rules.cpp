#include "worker/framework/failures/general_rules.h"

#include <array>

namespace visionops::framework {

namespace {

using enum contract::FailureClass;
using enum Place;

constexpr auto kRules = std::to_array<GeneralRule>({
    // ---- memory shared between processes: before the disk, whose words it uses
    {R"(unable to (allocate|open|write|resize) (to )?(shared memory|file </torch_).*(No space left|Bus error))",
     ShmTooSmall,
     Anywhere,
     {},
     true},
    {R"(unable to (write to file|mmap \d+ bytes from file) </torch_.*No space left)", ShmTooSmall, Anywhere, {}, true},
    {R"(unable to allocate shared memory\(shm\))", ShmTooSmall, Anywhere, {}, true},
    {R"(DataLoader worker .*killed by signal: Bus error)", ShmTooSmall},
    {R"(insufficient shared memory \(shm\))", ShmTooSmall, Anywhere},
    {R"(No space left on device.*/dev/shm|/dev/shm.*No space left on device)", ShmTooSmall, Anywhere},
    {R"(Error while creating shared memory segment .*nccl)", ShmTooSmall, Anywhere},
    {R"(Too many open files|received 0 items of ancdata|unable to open shared memory object)", EnvironmentError, Raised,
     "lower the number of loading processes: each picture that they hand over takes an open file"},

    // ---- the GPU
    {R"(CUDA out of memory|HIP out of memory|MPS backend out of memory|XPU out of memory|CUDA error: out of memory)",
     CudaOOM},
    {R"(OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation)", CudaOOM},
    {R"(NVML_SUCCESS == r.*CUDACachingAllocator|cudaMalloc failed: out of memory)", CudaOOM},
    {R"((CUDA out of memory\. Tried to allocate|CUDA Error: out of memory))", CudaOOM, Anywhere},
    {R"(NVRM: Xid|Xid \(PCI|uncorrectable ECC error|uncorrectable NVLink error|fallen off the bus|GPU is lost)", Xid,
     Anywhere},
    {R"(Assertion `(t >= 0|.*n_classes|idx_dim|ind(ex)?_?(value)? >= |input_val >= |srcIndex|-sizes\[i\]).*failed)",
     DataError, Anywhere, "a class number in the annotations is out of range: compare them with the number of classes"},
    {R"(no kernel image is available|CUDA driver version is insufficient|driver on your system is too old)",
     EnvironmentError},
    {R"(Torch not compiled with CUDA|Found no NVIDIA driver|No CUDA GPUs are available|libcuda\.so)", EnvironmentError},
    {R"(Invalid CUDA 'device=|invalid device ordinal|Attempting to deserialize object on a CUDA device)", UserError,
     Raised, "the run asks for a GPU that it does not have: see spec.resources.gpu and the device of the framework"},

    // ---- several processes
    {R"(Watchdog caught collective operation timeout|watchdog thread terminated with exception|watchdog .*got stuck for \d+ seconds)",
     NcclTimeout, Anywhere},
    {R"(Heartbeat monitor timed out|NCCL (communicator|operation|collective).*(timeout|timed out)|NCCL timeout|collective operation.*timed out)",
     NcclTimeout, Anywhere},
    {R"(NCCL error|ncclSystemError|ncclRemoteError|ncclInternalError|ncclUnhandledCudaError|DistBackendError)",
     NcclTimeout},
    {R"(Timed out (initializing process group|after \d+ seconds waiting for clients|waiting \d+ms for (send|recv)))",
     NcclTimeout},
    {R"([Gg]loo|ProcessGroup|Socket Timeout|DistStoreError|DistNetworkError|TCPStore|RendezvousTimeoutError)",
     NcclTimeout},
    {R"(CUDA error|cuDNN error|CUDNN_STATUS_|CUBLAS_STATUS_|CUDA_ERROR_|cudaError|device-side assert)", CudaError},
    {R"(terminate called.*|what\(\):  CUDA error)", CudaError, Raised},
    {R"(process \d+ terminated with signal SIGKILL)", RankKilled},
    {R"(DataLoader worker \(pid(\(s\))? [\d, ]+\) (is killed by signal|exited unexpectedly))", WorkerKilled},

    // ---- told to stop
    {R"(got signal: 15|Received SIGTERM: 15|Received 15 death signal|SIGTERMException|Signal 15 \(SIGTERM\) received by torchrun)",
     Terminated, Anywhere},
    {R"(got signal: 2\b|Detected KeyboardInterrupt|Received 2 death signal|Received SIGINT)", Cancelled, Anywhere},
    {R"(^KeyboardInterrupt)", Cancelled},

    // ---- disks: torch.save never says that one is full
    {R"(No space left on device|os error 28|Errno 28\b|Disk quota exceeded|Errno 122\b|Errno 27\b)", DiskFull},
    {R"(enforce fail at inline_container\.cc:\d+\] \. unexpected pos|basic_ios::clear: iostream error)", DiskFull},
    {R"(PytorchStreamWriter failed writing|[Nn]ot enough (free )?disk space|OSError: \d+ requested and \d+ written)",
     DiskFull},

    // ---- memory of the host
    {R"(DefaultCPUAllocator: (can't allocate|not enough) memory|Cannot allocate memory|Errno 12\b|std::bad_alloc)",
     HostOOM},
    {R"(^MemoryError|ArrayMemoryError|Unable to allocate [\d.]+ [KMGT]iB|can't start new thread|Insufficient memory)",
     HostOOM},
    {R"(Resource temporarily unavailable)", HostOOM},
    {R"(instance of 'std::bad_alloc'|pthread_create failed|Thread creation failed)", HostOOM, Anywhere},

    // ---- not a number
    {R"((?i)loss is (nan|inf)|loss nan|nan persisted|loss became (infinite|nan)|returned nan values|nan loss)", NaN},
    {R"((?i)contains? (nan|infinity|infinite)|infinite or nan|invalid numeric entries|cost matrix is infeasible)", NaN},
    {R"((?i)found invalid values:.*|either `?inf`?, `?nan`?|non-?finite|FloatingPointError|is nan\b|nan detected)",
     NaN},
    {R"(Loss is (nan|inf), stopping training)", NaN, Anywhere},

    // ---- checkpoints: before files that are missing
    {R"(PytorchStreamReader failed|failed finding central directory|is not a loadable checkpoint|BadZipFile)",
     CheckpointUnreadable},
    {R"(unexpected EOF, expected \d+ more bytes|invalid load key|pickle data was truncated|UnpicklingError)",
     CheckpointUnreadable},
    {R"(Ran out of input|Error while deserializing|HeaderTooLarge|MetadataIncompleteBuffer|InvalidHeader|Weights only load failed)",
     CheckpointUnreadable},
    {R"((?i)can't find a valid checkpoint|no valid checkpoint found|no checkpoint found|checkpoint .*(not found|not exist))",
     CheckpointUnreadable},
    {R"(No such file or directory: '?[^']*(checkpoint[^']*|\.(pt|pth|ckpt|pth\.tar|safetensors|pkl))'?$)",
     CheckpointUnreadable},
    {R"(not a file.*checkpoint|FileNotFoundError: .*\.(pth|pt|ckpt)\b.*)", CheckpointUnreadable},
    {R"(loading state_dict for|size mismatch for|[Mm]issing key\(s\) in state_dict|incompatible with the checkpoint)",
     CheckpointUnreadable},
    {R"(No checkpoint found at|no checkpoint found at)", CheckpointUnreadable, Anywhere},
    {R"(nothing to resume|current_epoch=\d+, but you have set Trainer\(max_epochs)", UserError, Raised,
     "the checkpoint holds all the epochs that are asked for: ask for more, or start anew"},

    // ---- networks
    {R"(couldn't connect to|Max retries exceeded|NameResolutionError|name resolution|Name or service not known)",
     DownloadFailed},
    {R"(LocalEntryNotFoundError|OfflineModeIsEnabled|HTTPError|urlopen error|URLError|Download failure|gaierror)",
     DownloadFailed},
    {R"(ConnectTimeout|ReadTimeout|SSLError|SSLCertVerification|Environment may be offline|RemoteDisconnected)",
     DownloadFailed},
    {R"(GatedRepo|RepositoryNotFound|EntryNotFound|HfHubHTTPError|ConnectionError|ConnectError|Network is unreachable)",
     DownloadFailed},
    {R"(trying to load it from 'https|offline mode|outgoing traffic has been disabled|IncompleteRead|ChunkedEncodingError)",
     DownloadFailed},

    // ---- files that may not be touched
    {R"(Permission denied|PermissionError|Errno 13\b|Read-only file system|Errno 30\b|Operation not permitted)",
     PermissionError},
    {R"(\(os error (13|30)\)|is not writable)", PermissionError},

    // ---- what is not installed
    {R"(ModuleNotFoundError|No module named|requires the .* librar(y|ies) but|^ImportError|cannot import name)",
     EnvironmentError},
    {R"(cannot open shared object file|undefined symbol|GLIBC|PackageNotFoundError|DistributionNotFound|dtype size changed)",
     EnvironmentError},
    {R"(compiled using NumPy 1|module 'numpy' has no attribute|is not installed|Please install|pip install)",
     EnvironmentError},

    // ---- data
    {R"(Truncated File Read|image file is truncated|cannot identify image|UnidentifiedImage|broken data stream|broken PNG)",
     DataError},
    {R"(Unsupported marker type|unrecognized data stream|bad transparency|DecompressionBomb|Corrupt JPEG|imread|!_src\.empty\(\))",
     DataError},
    {R"(index -?\d+ is out of bounds for dimension|Target -?\d+ is out of bounds|class (index|label).*(out of|exceed))",
     DataError, Raised, "a class number in the annotations is out of range: compare them with the number of classes"},
    {R"(No labels found|No images found|no valid file for the classes|any class folder|Found 0 files|num_samples=0)",
     DataError},
    {R"((?i)No valid data|empty dataset|dataset is empty|Dataset '.*' error|contain any data files|DatasetNotFound|found (0|no) (samples|images|data)|Dataset '.*' images not found|not a valid dataset)",
     DataError},
    {R"(positive height and width|need at least one array to (concatenate|stack)|stack expects each tensor to be equal size)",
     DataError},
    {R"(JSONDecodeError|ParserError|ScannerError|KeyError: '(images|annotations|categories|image_id|category_id|bbox)')",
     DataError},
    {R"(Error loading data from|Label class \d+ exceeds|label.*out of range|non-normalized or out of bounds)",
     DataError},

    // ---- what was asked for
    {R"(is not a valid YOLO argument|not used by the HfArgumentParser|MisconfigurationException|Unknown model|ConfigAttributeError)",
     UserError},
    {R"(not in the .* registry|is not registered|invalid choice|ConfigKeyError|HydraException|OverrideParseException)",
     UserError},
    {R"(shapes cannot be multiplied|Expected more than 1 value per channel|Given groups=|Kernel size can't be greater)",
     UserError},
    {R"(error: (unrecognized arguments|the following arguments are required|argument |ambiguous option))", UserError,
     Anywhere},
    {R"(^(SyntaxError|IndentationError|TabError): )", UserError, Anywhere},
    {R"(can't open file '|command not found|: No module named |error while loading shared libraries)", EnvironmentError,
     Anywhere},
    {R"(^(Segmentation fault|Fatal Python error: Segmentation fault|double free or corruption|malloc\(\): |free\(\): ))",
     Crash, Anywhere},
});

constexpr std::array<std::string_view, 7> kWarnings{
    R"(missing keys in the checkpoint model loaded|UserWarning: (Corrupt|Truncated|Possibly corrupt))",

    R"(^(train|val|test): Scanning .* [1-9]\d* corrupt: 100%)",
    R"(ignoring corrupt image/label)",
    R"(^WARNING)",
    R"(Skipped sample \(index)",
    R"(- WARNING - )",
    R"(^(Resuming training|Resuming from|Loaded checkpoint|Restored all states|Restoring states|=> loaded checkpoint|Auto-resum))"};

}  // namespace

std::span<const GeneralRule> general_rules() { return kRules; }

std::span<const std::string_view> warning_rules() { return kWarnings; }

}  // namespace visionops::framework
