// The help pages of `rolecall s3 …`.
#include "transfer/commands.h"

namespace rolecall::transfer {
namespace {

using client::HelpOption;
using client::HelpPage;

constexpr std::string_view kS3Usage[] = {
    "rolecall s3 ls [s3://BUCKET[/PREFIX]]",
    "rolecall s3 cp|mv SOURCE TARGET [--recursive]",
    "rolecall s3 sync SOURCE TARGET [--delete]",
    "rolecall s3 rm s3://BUCKET/KEY [--recursive]",
    "rolecall s3 mb|rb s3://BUCKET",
    "rolecall s3 presign s3://BUCKET/KEY",
};
constexpr std::string_view kS3About =
    "Lists, copies, moves, synchronises and removes objects, as `aws s3` does: the same words, the "
    "same lines, the same exit statuses. A path that begins with s3:// is a bucket's, every other "
    "one is local.\n\n"
    "Large files travel in parts, several at a time. A download is written beside its target and "
    "renamed when it is whole; an upload that fails is aborted. Ctrl-C does both.\n\n"
    "# Settings\n"
    "Below `s3 =` in a profile: `multipart_threshold` and `multipart_chunksize` (8MB), "
    "`max_concurrent_requests` (10), `max_queue_size` (1000), `addressing_style` (auto, path or "
    "virtual), `payload_signing_enabled`. `use_accelerate_endpoint`, `use_dualstack_endpoint` and "
    "`max_bandwidth` are refused.\n\n"
    "# Exit status\n"
    "0 done. 1 something failed, or `ls` of a prefix found nothing. 2 something was skipped with a "
    "warning. 130 Ctrl-C. 252 the arguments are wrong. 253 there are no credentials. 254 the "
    "server "
    "refused a listing. 255 anything else.";
constexpr std::string_view kS3Examples =
    "rolecall s3 ls s3://reports/2026/ --human-readable --summarize\n"
    "rolecall s3 cp build/ s3://site/ --recursive --exclude '*' --include '*.html'\n"
    "rolecall s3 sync s3://site/ ./site --delete --dryrun\n"
    "tar c . | rolecall s3 cp - s3://backups/today.tar\n";
constexpr std::string_view kS3See[] = {"s3 ls",      "s3 cp", "s3 mv", "s3 rm", "s3 sync",
                                       "s3 presign", "s3 mb", "s3 rb", "exec"};

constexpr HelpOption kPageSize = {"--page-size", "N", "keys asked for at a time (1000)"};
constexpr HelpOption kPayer = {"--request-payer", "[requester]",
                               "accept the costs of a requester-pays bucket"};
constexpr HelpOption kNoSign = {"--no-sign-request", "", "ask without credentials"};

constexpr std::string_view kLsUsage[] = {"rolecall s3 ls [s3://BUCKET[/PREFIX]] [--recursive]"};
constexpr std::string_view kLsAbout =
    "Prints the buckets, or what a bucket holds at a prefix: `PRE` and the name of what goes "
    "deeper, then date, size and name of each object, in this machine's time zone. The status is 1 "
    "when a prefix was named and nothing begins with it.";
constexpr HelpOption kLsOptions[] = {
    {"--recursive", "", "all objects below, with their whole keys"},
    {"--human-readable", "", "sizes as 1.2 MiB"},
    {"--summarize", "", "then the number of objects and their size together"},
    kPageSize,
    kPayer,
    kNoSign,
};
constexpr std::string_view kLsExamples =
    "rolecall s3 ls\nrolecall s3 ls s3://reports/2026/ --recursive --summarize\n";
constexpr std::string_view kS3Only[] = {"s3"};

constexpr HelpOption kTransferOptions[] = {
    {"--recursive", "", "everything below a folder or prefix (sync always does)"},
    {"--include", "PATTERN", "take what an earlier --exclude left out; the last match decides"},
    {"--exclude", "PATTERN", "leave out what matches: * ? [set] [!set]; * goes over slashes"},
    {"--dryrun", "", "say what would be done"},
    {"--quiet", "", "say nothing"},
    {"--only-show-errors", "", "say failures and warnings only"},
    {"--no-progress", "", "no line of progress"},
    {"--follow-symlinks", "", "upload what links lead to (the default)"},
    {"--no-follow-symlinks", "", "leave links out"},
    {"--content-type", "TYPE", "instead of the type guessed from the name"},
    {"--no-guess-mime-type", "", "send no guessed type"},
    {"--metadata", "NAME=VALUE,…", "also as a JSON object"},
    {"--metadata-directive", "COPY|REPLACE", "where a copy's metadata come from"},
    {"--copy-props", "none|metadata-directive|default", "what a copy takes over from its source"},
    {"--storage-class", "CLASS", "STANDARD, STANDARD_IA, GLACIER_IR, …"},
    {"--acl", "NAME", "private, public-read, bucket-owner-full-control, …"},
    {"--grants", "PERMISSION=WHO …", "read, readacl, writeacl or full; WHO is id=… or uri=…"},
    {"--sse", "[AES256|aws:kms]", "encryption at the server"},
    {"--sse-kms-key-id", "KEY", "with this key of KMS"},
    {"--sse-c", "[AES256]",
     "encryption with a key of one's own; --sse-c-copy-source for a copy's "
     "source"},
    {"--sse-c-key", "KEY", "that key, or fileb://FILE; --sse-c-copy-source-key likewise"},
    {"--cache-control", "TEXT", "header of the object"},
    {"--content-disposition", "TEXT", "header of the object"},
    {"--content-encoding", "TEXT", "header of the object"},
    {"--content-language", "TEXT", "header of the object"},
    {"--expires", "TIME", "header of the object"},
    {"--website-redirect", "WHERE", "where a website's reader is sent"},
    {"--source-region", "REGION", "of the source's bucket, for copies"},
    {"--expected-size", "BYTES", "cp from standard input: how much will come, above 80 GB"},
    {"--ignore-glacier-warnings", "", "skip archived objects without a word"},
    {"--force-glacier-transfer", "", "try archived objects all the same"},
    kPageSize,
    kPayer,
    kNoSign,
};

constexpr std::string_view kCpUsage[] = {
    "rolecall s3 cp LOCAL s3://BUCKET/KEY",
    "rolecall s3 cp s3://BUCKET/KEY LOCAL",
    "rolecall s3 cp s3://BUCKET/KEY s3://BUCKET/KEY",
    "rolecall s3 cp - s3://BUCKET/KEY",
    "rolecall s3 cp s3://BUCKET/KEY -",
};
constexpr std::string_view kCpAbout =
    "Copies a file or object, or with --recursive all of them. A target that ends with a slash, or "
    "is a folder, keeps the source's name. `-` is standard input or standard output.\n\n"
    "A downloaded file gets the object's time. Names that lead out of the target's folder are "
    "skipped with a warning.";
constexpr std::string_view kCpExamples =
    "rolecall s3 cp report.csv s3://reports/2026/\n"
    "rolecall s3 cp s3://reports/2026/ . --recursive --exclude '*.tmp'\n"
    "rolecall s3 cp s3://reports/2026/report.csv - | head\n";
constexpr std::string_view kCpSee[] = {"s3", "s3 mv", "s3 sync"};

constexpr std::string_view kMvUsage[] = {"rolecall s3 mv SOURCE TARGET [--recursive]"};
constexpr std::string_view kMvAbout =
    "Copies as `rolecall s3 cp` does, and removes each source once its copy is there.";
constexpr std::string_view kMvExamples =
    "rolecall s3 mv s3://reports/new/ s3://reports/old/ "
    "--recursive\n";
constexpr std::string_view kMvSee[] = {"s3", "s3 cp"};

constexpr std::string_view kSyncUsage[] = {"rolecall s3 sync SOURCE TARGET [--delete]"};
constexpr std::string_view kSyncAbout =
    "Copies what is missing at the target, differs in size, or is newer at the source. From S3 to "
    "a "
    "folder an object is taken when the local file is newer than it, as the AWS CLI has it; "
    "--exact-timestamps takes it when the times differ at all.\n\n"
    "With --delete, what the target has and the source has not is removed. Filters hold for both "
    "sides: what they leave out is not removed either.";
constexpr HelpOption kSyncOptions[] = {
    {"--delete", "", "remove what the source does not have"},
    {"--size-only", "", "files of the same size are the same"},
    {"--exact-timestamps", "", "from S3: take every object whose time differs"},
    {"…", "", "and the options of `rolecall s3 cp` but --recursive and --expected-size"},
};
constexpr std::string_view kSyncExamples =
    "rolecall s3 sync ./site s3://site/ --delete --exclude '.git/*'\n"
    "rolecall s3 sync s3://site/ ./site --dryrun\n";

constexpr std::string_view kRmUsage[] = {"rolecall s3 rm s3://BUCKET/KEY [--recursive]"};
constexpr std::string_view kRmAbout = "Removes an object, or with --recursive all below a prefix.";
constexpr HelpOption kRmOptions[] = {
    {"--recursive", "", "everything below the prefix"},
    {"--include", "PATTERN", "take what an earlier --exclude left out"},
    {"--exclude", "PATTERN", "leave out what matches"},
    {"--dryrun", "", "say what would be removed"},
    {"--quiet", "", "say nothing"},
    {"--only-show-errors", "", "say failures only"},
    kPageSize,
    kPayer,
    kNoSign,
};
constexpr std::string_view kRmExamples =
    "rolecall s3 rm s3://reports/tmp/ --recursive --exclude '*.keep'\n";

constexpr std::string_view kPresignUsage[] = {
    "rolecall s3 presign s3://BUCKET/KEY [--expires-in N]"};
constexpr std::string_view kPresignAbout =
    "Prints an address with which anybody may read the object until it expires, or until the "
    "credentials that made it do. Nobody is asked: whether the object is there does not matter.";
constexpr HelpOption kPresignOptions[] = {
    {"--expires-in", "SECONDS", "1 to 604800 (3600)"},
};
constexpr std::string_view kPresignExamples =
    "rolecall s3 presign s3://reports/2026/report.csv --expires-in 600\n";

constexpr std::string_view kMbUsage[] = {"rolecall s3 mb s3://BUCKET"};
constexpr std::string_view kMbAbout = "Makes a bucket in the profile's region.";
constexpr std::string_view kMbExamples = "rolecall s3 mb s3://reports --region eu-west-1\n";

constexpr std::string_view kRbUsage[] = {"rolecall s3 rb s3://BUCKET [--force]"};
constexpr std::string_view kRbAbout =
    "Removes an empty bucket. With --force it is emptied first; versions of objects stay, and the "
    "bucket with them.";
constexpr HelpOption kRbOptions[] = {{"--force", "", "remove all objects first"}};
constexpr std::string_view kRbExamples = "rolecall s3 rb s3://reports --force\n";

constexpr HelpPage kLsPage{
    "s3 ls", "list buckets and objects", kLsUsage, kLsAbout, kLsOptions, kLsExamples, kS3Only};
constexpr HelpPage kCpPage{
    "s3 cp", "copy files and objects", kCpUsage, kCpAbout, kTransferOptions, kCpExamples, kCpSee};
constexpr HelpPage kMvPage{
    "s3 mv", "move files and objects", kMvUsage, kMvAbout, kTransferOptions, kMvExamples, kMvSee};
constexpr HelpPage kRmPage{"s3 rm",    "remove objects", kRmUsage, kRmAbout,
                           kRmOptions, kRmExamples,      kS3Only};
constexpr HelpPage kSyncPage{"s3 sync",    "make a folder or prefix like another",
                             kSyncUsage,   kSyncAbout,
                             kSyncOptions, kSyncExamples,
                             kCpSee};
constexpr HelpPage kPresignPage{"s3 presign",    "an address with which anybody may read an object",
                                kPresignUsage,   kPresignAbout,
                                kPresignOptions, kPresignExamples,
                                kS3Only};
constexpr HelpPage kMbPage{"s3 mb", "make a bucket", kMbUsage, kMbAbout, {}, kMbExamples, kS3Only};
constexpr HelpPage kRbPage{"s3 rb",    "remove a bucket", kRbUsage, kRbAbout,
                           kRbOptions, kRbExamples,       kS3Only};

}  // namespace

const HelpPage kS3Page{
    "s3",  "list, copy, move and synchronise objects of S3", kS3Usage, kS3About, {}, kS3Examples,
    kS3See};

const HelpPage* const kS3Pages[kS3PageCount] = {&kLsPage,   &kCpPage,      &kMvPage, &kRmPage,
                                                &kSyncPage, &kPresignPage, &kMbPage, &kRbPage};

}  // namespace rolecall::transfer
