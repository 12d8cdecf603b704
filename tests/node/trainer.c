// A trainer that knows nothing of VisionOps, alone in its image: /trainer EPOCHS DATA. It says its loss as many scripts
// do and leaves a file for each epoch, in the form of a zip file as torch.save writes them.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// One empty member named "x": local header, central directory, end of it (APPNOTE.TXT 4.3).
static const unsigned char kZip[] = {
    'P', 'K', 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'x',
    'P', 'K', 1, 2, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x',
    'P', 'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 47, 0, 0, 0, 31, 0, 0, 0, 0, 0};

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int epochs = atoi(argv[1]);
  char path[4096];
  struct stat found;
  snprintf(path, sizeof path, "%s/annotations/instances_train.json", argv[2]);
  if (stat(path, &found) != 0 || found.st_size == 0) {
    fprintf(stderr, "cannot read %s\n", path);
    raise(SIGSEGV);
  }
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    sleep(1);
    printf("Epoch %d/%d, loss: %.4f\n", epoch, epochs, 1.0 / epoch);
    fflush(stdout);
    snprintf(path, sizeof path, "checkpoint-%d.pt", epoch);
    FILE* file = fopen(path, "wb");
    if (file == NULL || fwrite(kZip, 1, sizeof kZip, file) != sizeof kZip || fclose(file) != 0) {
      perror(path);
      return 1;
    }
  }
  return 0;
}
