"""The table of test_transfer_differential.py: `s3` commands, and why each is there.

Every case starts from the same folder and the same two buckets (see STATE). Printed lines, exit status, and what lies in folder and buckets
afterwards are compared. `users`: the case runs as a user with this policy instead of the account's administrator.
"""

# Local files: name → contents. A name that ends with @ is a link to its contents; `|`: a pipe.
FOLDER = {
    "a.txt": "hello\n", "empty": "", "d/1.html": "<p>", "d/2.txt": "two", "d/sub/3.bin": "three", "d/sub/.hidden": "h", "d/with blank+ü.txt": "odd",
    "bad/ok.txt": "ok", "bad/dangling@": "nowhere", "bad/pipe|": "", "links/to-a@": "../a.txt", "links/to-d@": "../d", "out/p/a.txt": "changed!",
    "out/extra.txt": "extra", "archive.tar.gz": "gz", "page.HTML": "p",
}
# Bucket one's objects: key → (contents, more for PutObject).
OBJECTS = {
    "k1": ("one", {"ContentType": "text/x-one", "Metadata": {"colour": "blue"}, "CacheControl": "max-age=1"}),
    "p/a.txt": ("pa", {}), "p/b.html": ("pb", {"ContentType": "text/html"}), "p/q/c.bin": ("pc", {}), "p/folder/": ("", {}), "p/with blank+ü.txt": ("odd", {}),
    "up/../../escape.txt": ("evil", {}), "up/fine.txt": ("fine", {}), "zero": ("", {}), "p-x": ("px", {}),
}

CASES = []


def case(name, why, *words, policy=None, stdin=None, config=""):
    CASES.append(dict(name=name, why=why, words=list(words), policy=policy, stdin=stdin, config=config))


READ_ONLY = ["s3:GetObject", "s3:ListBucket", "s3:GetObjectTagging"]

# ---- ls
case("ls-buckets", "all buckets", "ls")
case("ls-scheme", "the scheme alone", "ls", "s3://")
case("ls-bucket", "prefixes first, then objects", "ls", "s3://one")
case("ls-bucket-without-scheme", "the scheme may be left out", "ls", "one")
case("ls-prefix", "names below a prefix", "ls", "s3://one/p/")
case("ls-prefix-part", "a prefix that is no folder", "ls", "s3://one/p")
case("ls-recursive", "whole keys", "ls", "s3://one/p", "--recursive")
case("ls-human", "sizes for people", "ls", "s3://one/p/", "--human-readable")
case("ls-summarize", "and their sum", "ls", "s3://one/", "--recursive", "--summarize")
case("ls-summarize-human", "sum for people", "ls", "s3://one/", "--recursive", "--summarize", "--human-readable")
case("ls-nothing", "status 1 for a key that is not there", "ls", "s3://one/none")
case("ls-nothing-summarize", "also with a sum", "ls", "s3://one/none", "--summarize")
case("ls-empty-bucket", "an empty bucket is no failure", "ls", "s3://two")
case("ls-pages", "pages are put together", "ls", "s3://one", "--recursive", "--page-size", "2")
case("ls-no-bucket", "the server's refusal, 254", "ls", "s3://no-such-bucket")
case("ls-denied", "a refusal by policy", "ls", "s3://one", policy=["s3:GetObject"])

# ---- cp: names
case("cp-up", "a file to a key", "cp", "a.txt", "s3://one/new")
case("cp-up-folder", "a slash keeps the name", "cp", "a.txt", "s3://one/new/")
case("cp-up-bucket", "a bucket keeps the name", "cp", "a.txt", "s3://two")
case("cp-up-path", "a path is printed as it is relative to here", "cp", "d/sub/3.bin", "s3://two")
case("cp-up-parent", "a path above", "cp", "../w/a.txt", "s3://two")
case("cp-up-empty", "an empty file", "cp", "empty", "s3://two/")
case("cp-up-missing", "a file that is not there", "cp", "nope", "s3://two/")
case("cp-up-directory", "a folder without --recursive", "cp", "d", "s3://two/x")
case("cp-up-recursive", "a folder", "cp", "d", "s3://two/x", "--recursive")
case("cp-up-recursive-slash", "a folder with its slash", "cp", "d/", "s3://two/x/", "--recursive")
case("cp-up-dot", "this folder", "cp", "links/..", "s3://two", "--recursive", "--exclude", "bad/*", "--exclude", "out/*")
case("cp-up-bad", "what cannot be read is warned about: 2", "cp", "bad", "s3://two", "--recursive")
case("cp-up-links", "links are followed", "cp", "links", "s3://two", "--recursive")
case("cp-up-nolinks", "or not", "cp", "links", "s3://two", "--recursive", "--no-follow-symlinks")
case("cp-up-file-recursive", "a file with --recursive", "cp", "a.txt", "s3://two", "--recursive")
case("cp-down", "a key to a file", "cp", "s3://one/k1", "got")
case("cp-down-folder", "into this folder", "cp", "s3://one/k1", ".")
case("cp-down-new-folder", "into a folder to be made", "cp", "s3://one/p/a.txt", "new/deep/")
case("cp-down-over", "over a file", "cp", "s3://one/k1", "a.txt")
case("cp-down-zero", "an empty object", "cp", "s3://one/zero", "z")
case("cp-down-recursive", "a prefix, without folders' markers", "cp", "s3://one/p", "got", "--recursive")
case("cp-down-missing", "a key that is not there", "cp", "s3://one/none", "got")
case("cp-down-no-bucket", "a bucket that is not there", "cp", "s3://no-such-bucket/", "got", "--recursive")
case("cp-down-denied", "HEAD refused", "cp", "s3://one/k1", "got", policy=["s3:PutObject"])
case("cp-down-traversal", "keys that lead outside are skipped", "cp", "s3://one/up", "got", "--recursive")
case("cp-down-not-writable", "the target is a file's child", "cp", "s3://one/k1", "a.txt/x")
case("cp-s3-s3", "a copy keeps its properties", "cp", "s3://one/k1", "s3://two/copied")
case("cp-s3-s3-folder", "and its name", "cp", "s3://one/k1", "s3://two")
case("cp-s3-s3-recursive", "a prefix to a prefix", "cp", "s3://one/p", "s3://two/r", "--recursive")
case("cp-s3-s3-metadata", "new metadata, old type", "cp", "s3://one/k1", "s3://two/c", "--metadata", "a=b")
case("cp-s3-s3-type", "a new type, old metadata", "cp", "s3://one/k1", "s3://two/c", "--content-type", "x/y")
case("cp-s3-s3-replace", "the directive takes nothing over", "cp", "s3://one/k1", "s3://two/c", "--metadata-directive", "REPLACE")
case("cp-s3-s3-none", "nor does --copy-props none", "cp", "s3://one/k1", "s3://two/c", "--copy-props", "none")
case("cp-s3-s3-denied", "writing refused", "cp", "s3://one/k1", "s3://two/c", policy=READ_ONLY)
case("cp-local-local", "two folders are no business of S3", "cp", "a.txt", "b.txt")
case("cp-one-path", "a path is missing", "cp", "a.txt")
case("cp-unknown-option", "an unknown option", "cp", "a.txt", "s3://one", "--nonsense")
case("cp-up-denied", "PutObject refused", "cp", "a.txt", "s3://one/x", policy=READ_ONLY)
case("cp-up-recursive-denied", "each file fails", "cp", "d", "s3://one/x", "--recursive", policy=READ_ONLY)

# ---- cp: how much is said
case("cp-dryrun", "only said", "cp", "d", "s3://two", "--recursive", "--dryrun")
case("cp-dryrun-down", "only said", "cp", "s3://one/p", "got", "--recursive", "--dryrun")
case("cp-dryrun-copy", "only said", "cp", "s3://one/p", "s3://two", "--recursive", "--dryrun")
case("cp-quiet", "nothing said", "cp", "a.txt", "s3://two", "--quiet")
case("cp-quiet-failure", "not even failures", "cp", "a.txt", "s3://one/x", "--quiet", policy=READ_ONLY)
case("cp-only-errors", "no successes", "cp", "d", "s3://two", "--recursive", "--only-show-errors")
case("cp-only-errors-failure", "but failures", "cp", "a.txt", "s3://one/x", "--only-show-errors", policy=READ_ONLY)
case("cp-no-progress", "no progress", "cp", "a.txt", "s3://two", "--no-progress")

# ---- cp: properties
case("cp-type", "a type by hand", "cp", "a.txt", "s3://two/x", "--content-type", "x/y")
case("cp-no-guess", "no type", "cp", "a.txt", "s3://two/x", "--no-guess-mime-type")
case("cp-guess-gz", "what is packed counts", "cp", "archive.tar.gz", "s3://two/")
case("cp-guess-capitals", "endings in capitals", "cp", "page.HTML", "s3://two/")
case("cp-properties", "headers and metadata", "cp", "a.txt", "s3://two/x", "--cache-control", "no-cache", "--content-disposition", "inline",
     "--content-encoding", "gzip", "--content-language", "de", "--metadata", "one=1,two=2", "--expires", "2030-01-02T03:04:05Z")
case("cp-storage-class", "a storage class", "cp", "a.txt", "s3://two/x", "--storage-class", "STANDARD_IA")
case("cp-storage-class-unknown", "an unknown one", "cp", "a.txt", "s3://two/x", "--storage-class", "PAPER")
case("cp-sse", "encryption by the server", "cp", "a.txt", "s3://two/x", "--sse")
case("cp-grants-wrong", "a grant without a permission", "cp", "a.txt", "s3://two/x", "--grants", "read")

# ---- filters
case("filter-exclude", "one pattern", "cp", "d", "s3://two", "--recursive", "--exclude", "*.txt")
case("filter-include", "the last match wins", "cp", "d", "s3://two", "--recursive", "--exclude", "*", "--include", "*.html")
case("filter-order", "the other way round nothing is left", "cp", "d", "s3://two", "--recursive", "--include", "*.html", "--exclude", "*")
case("filter-deep", "a star goes over slashes", "cp", "d", "s3://two", "--recursive", "--exclude", "sub*")
case("filter-set", "sets and ranges", "cp", "d", "s3://two", "--recursive", "--exclude", "[0-1]*", "--exclude", "sub/[!.]*")
case("filter-s3", "below a prefix", "cp", "s3://one/p", "got", "--recursive", "--exclude", "q/*", "--exclude", "?.html")
case("filter-single", "also for one file", "cp", "a.txt", "s3://two", "--exclude", "*.txt")
case("filter-rm", "for removal", "rm", "s3://one/p", "--recursive", "--exclude", "*.html")

# ---- streams
case("stream-up", "standard input", "cp", "-", "s3://two/stdin", stdin="from a pipe")
case("stream-up-empty", "nothing in it", "cp", "-", "s3://two/stdin", stdin="")
case("stream-down", "standard output", "cp", "s3://one/k1", "-")
case("stream-down-missing", "not there", "cp", "s3://one/none", "-")
case("stream-recursive", "not with --recursive", "cp", "-", "s3://two/x", "--recursive", stdin="")
case("stream-mv", "not with mv", "mv", "s3://one/k1", "-")
case("stream-denied", "refused", "cp", "-", "s3://one/x", policy=READ_ONLY, stdin="x")

# ---- mv
case("mv-up", "the file goes", "mv", "a.txt", "s3://two/")
case("mv-down", "the object goes", "mv", "s3://one/k1", "got")
case("mv-s3-s3", "from key to key", "mv", "s3://one/k1", "s3://one/k2")
case("mv-recursive", "a prefix", "mv", "s3://one/p", "s3://two/r", "--recursive")
case("mv-self", "not onto itself", "mv", "s3://one/k1", "s3://one/k1")
case("mv-self-folder", "nor by its folder", "mv", "s3://one/p/a.txt", "s3://one/p/")
case("mv-dryrun", "only said", "mv", "s3://one/k1", "s3://one/k2", "--dryrun")
case("mv-denied", "what cannot be written is not removed", "mv", "a.txt", "s3://one/x", policy=READ_ONLY)
case("mv-delete-denied", "removal refused", "mv", "s3://one/k1", "got", policy=READ_ONLY)

# ---- rm
case("rm", "one object", "rm", "s3://one/k1")
case("rm-missing", "one that is not there", "rm", "s3://one/none")
case("rm-recursive", "a prefix, folders' markers too", "rm", "s3://one/p", "--recursive")
case("rm-bucket-recursive", "everything", "rm", "s3://one", "--recursive")
case("rm-dryrun", "only said", "rm", "s3://one/p/", "--recursive", "--dryrun")
case("rm-quiet", "nothing said", "rm", "s3://one/k1", "--quiet")
case("rm-local", "files are no business of S3", "rm", "a.txt")
case("rm-denied", "refused", "rm", "s3://one/k1", policy=READ_ONLY)
case("rm-bucket-plain", "a bucket without --recursive", "rm", "s3://one")

# ---- sync
case("sync-up", "what is missing", "sync", "d", "s3://two/d")
case("sync-down", "what is missing or changed", "sync", "s3://one/p", "out/p")
case("sync-s3-s3", "between buckets", "sync", "s3://one/p", "s3://two")
case("sync-up-delete", "and removes the rest", "sync", "d", "s3://one/p", "--delete")
case("sync-down-delete", "in a folder too", "sync", "s3://one/p", "out", "--delete")
case("sync-delete-excluded", "what is excluded stays", "sync", "s3://one/p", "out", "--delete", "--exclude", "extra*")
case("sync-delete-dryrun", "only said", "sync", "d", "s3://one/p", "--delete", "--dryrun")
case("sync-size-only", "the same size is the same", "sync", "s3://one/p", "out/p", "--size-only")
case("sync-missing-source", "a folder that is not there", "sync", "nope", "s3://two")
case("sync-missing-target", "a folder to be made", "sync", "s3://one/p", "made")
case("sync-no-bucket", "a bucket that is not there", "sync", "d", "s3://no-such-bucket")
case("sync-local-local", "two folders", "sync", "d", "out")

# ---- buckets
case("mb", "a bucket", "mb", "s3://three")
case("mb-taken", "one that is there", "mb", "s3://one", "--region", "eu-west-1")
case("mb-name", "a name that cannot be", "mb", "s3://UPPER")
case("mb-no-scheme", "the scheme is needed", "mb", "three")
case("mb-denied", "refused", "mb", "s3://three", policy=READ_ONLY)
case("rb", "an empty bucket", "rb", "s3://two")
case("rb-full", "one that is not", "rb", "s3://one")
case("rb-force", "emptied first", "rb", "s3://one", "--force")
case("rb-key", "a key is too much", "rb", "s3://one/k1")
case("rb-missing", "one that is not there", "rb", "s3://no-such-bucket")
case("rb-force-denied", "not emptied, not removed", "rb", "s3://one", "--force", policy=READ_ONLY)

# ---- settings
case("threshold-wrong", "a size that is none", "cp", "a.txt", "s3://two/", config="s3 =\n  multipart_threshold = much\n")
case("threshold-zero", "nor is nothing", "cp", "a.txt", "s3://two/", config="s3 =\n  max_concurrent_requests = 0\n")
case("one-worker", "one after the other", "cp", "d", "s3://two", "--recursive", config="s3 =\n  max_concurrent_requests = 1\n")
case("style-wrong", "an addressing style that is none", "ls", config="s3 =\n  addressing_style = up\n")
