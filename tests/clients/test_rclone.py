"""rclone, unmodified: copy, list, check and delete, single and multipart."""
import os
import subprocess

import pytest

from conftest import ACCOUNTS


@pytest.fixture
def rclone(server, tmp_path):
    def run(*words, user=None, check=True):
        key, secret = user or (f"AKIAADMIN{ACCOUNTS['prod'][:7]}0000", "admin-secret-of-prod")
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "RCLONE_CONFIG": str(tmp_path / "none.conf"),
                       "RCLONE_CONFIG_R_TYPE": "s3", "RCLONE_CONFIG_R_PROVIDER": "Other", "RCLONE_CONFIG_R_ENDPOINT": server.url,
                       "RCLONE_CONFIG_R_ACCESS_KEY_ID": key, "RCLONE_CONFIG_R_SECRET_ACCESS_KEY": secret, "RCLONE_CONFIG_R_REGION": "us-east-1"}
        done = subprocess.run(["rclone", "--retries", "1", "--low-level-retries", "1", *words], env=environment, text=True, capture_output=True, timeout=120)
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done
    return run


def test_copy_there_and_back(rclone, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep/er").mkdir(parents=True)
    (source / "small.txt").write_text("small")
    (source / "deep/er/with blank & ümlaut+plus.txt").write_text("odd name")
    (source / "empty").write_bytes(b"")
    (source / "large.bin").write_bytes(os.urandom(13 * 1024 * 1024))
    rclone("mkdir", "r:rclone-bucket")
    rclone("copy", str(source), "r:rclone-bucket/p", "--s3-upload-cutoff", "6M", "--s3-chunk-size", "5M")
    listed = rclone("lsf", "-R", "r:rclone-bucket/p").stdout.splitlines()
    assert sorted(listed) == sorted(["deep/", "deep/er/", "deep/er/with blank & ümlaut+plus.txt", "empty", "large.bin", "small.txt"])
    rclone("check", str(source), "r:rclone-bucket/p", "--download")
    rclone("copy", "r:rclone-bucket/p", str(target))
    assert (target / "large.bin").read_bytes() == (source / "large.bin").read_bytes()
    assert (target / "deep/er/with blank & ümlaut+plus.txt").read_text() == "odd name"
    rclone("moveto", "r:rclone-bucket/p/small.txt", "r:rclone-bucket/moved.txt")
    assert rclone("cat", "r:rclone-bucket/moved.txt").stdout == "small"
    rclone("purge", "r:rclone-bucket")
    assert rclone("lsd", "r:").stdout == ""


def test_refused_without_permission(server, rclone):
    rclone("mkdir", "r:closed")
    nobody = server.make_user("nobody", account="prod")
    done = rclone("lsf", "r:closed", user=nobody, check=False)
    assert done.returncode != 0
    assert "AccessDenied" in done.stderr
