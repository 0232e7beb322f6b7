"""The bucket in memory, and the one in a file, answer as moto's does."""

import pytest
from botocore.exceptions import ClientError

from tests.faults.cloud import Bucket, FileBucket

KEY = {"Bucket": "site", "Key": "a"}


def answers(s3):
    """What a bucket says to every kind of question that the platform asks."""

    def asked(method, **told):
        try:
            answer = getattr(s3, method)(**{**KEY, **told})
        except ClientError as error:
            return error.response["Error"]["Code"]
        body = answer.get("Body")
        return [answer["ETag"], answer.get("Metadata"), body.read() if body else None]

    first = asked("put_object", Body=b"1", IfNoneMatch="*", Metadata={"seq": "1"})
    return [
        asked("head_object", Key="b"),
        asked("get_object", Key="b"),
        first,
        asked("head_object"),
        asked("get_object"),
        asked("put_object", Body=b"2", IfNoneMatch="*"),
        asked("put_object", Body=b"2", IfMatch='"other"'),
        asked("put_object", Body=b"2", IfMatch=first[0]),
        asked("get_object"),
        asked("put_object", Body=b"3"),
        asked("get_object"),
        listed(s3, "a"),
        listed(s3, "b"),
        deleted(s3, "a", "c"),
        asked("get_object"),
    ]


def deleted(s3, *keys):
    """What a bucket says that could not be deleted."""
    told = {"Objects": [{"Key": key} for key in keys]}
    return s3.delete_objects(Bucket="site", Delete=told).get("Errors", [])


def listed(s3, prefix):
    """What a bucket has below a prefix."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="site", Prefix=prefix)
    return [(item["Key"], item["ETag"]) for page in pages for item in page.get("Contents", [])]


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_bucket_answers_as_motos_does(aws, tmp_path, kind):
    fake = Bucket() if kind == "memory" else FileBucket(tmp_path / "bucket")
    assert answers(fake) == answers(aws.s3)
