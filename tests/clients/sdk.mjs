// Cases for test_javascript.py: `node sdk.mjs CASE` with ENDPOINT, KEY and SECRET in the environment prints one JSON object.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { EC2Client, DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { CreateUserCommand, GetRoleCommand, IAMClient, ListUsersCommand, paginateListUsers } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand, DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { Upload } from "@aws-sdk/lib-storage";

const { ENDPOINT: endpoint, KEY: accessKeyId, SECRET: secretAccessKey, ROLE: role } = process.env;
const settings = { endpoint, region: "us-east-1", credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
const s3 = new S3Client({ ...settings, forcePathStyle: true });
const text = async (answer) => answer.Body.transformToString();

const refusal = async (call) => {
  try {
    await call();
    return { refused: false };
  } catch (error) {
    return { refused: true, name: error.name, status: error.$metadata?.httpStatusCode, message: error.message };
  }
};

const cases = {
  async identity() {
    const { Account, Arn } = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
    return { Account, Arn };
  },
  async role() {
    const provider = fromTemporaryCredentials({
      masterCredentials: settings.credentials, params: { RoleArn: role, RoleSessionName: "from-js" }, clientConfig: settings,
    });
    const session = { ...settings, credentials: provider };
    return {
      arn: (await new STSClient(session).send(new GetCallerIdentityCommand({}))).Arn,
      read: (await new IAMClient(session).send(new ListUsersCommand({}))).Users.length,
      write: await refusal(() => new IAMClient(session).send(new CreateUserCommand({ UserName: "intruder" }))),
      ec2: await refusal(() => new EC2Client(session).send(new DescribeInstancesCommand({}))),
    };
  },
  async stranger() {
    return {
      assume: await refusal(() => new STSClient(settings).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "from-js" }))),
      missing: await refusal(() => new IAMClient(settings).send(new GetRoleCommand({ RoleName: "nothing" }))),
    };
  },
  async pages() {
    const names = [];
    for await (const page of paginateListUsers({ client: new IAMClient(settings), pageSize: 7 }, {})) names.push(...page.Users.map((u) => u.UserName));
    return { names };
  },
  async objects() {
    await s3.send(new CreateBucketCommand({ Bucket: "js-bucket" }));
    const out = {};
    for (const algorithm of [undefined, "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
      const Key = `sum/${algorithm}`;
      await s3.send(new PutObjectCommand({ Bucket: "js-bucket", Key, Body: "checked", ChecksumAlgorithm: algorithm, Metadata: { who: "js" } }));
      const got = await s3.send(new GetObjectCommand({ Bucket: "js-bucket", Key, ChecksumMode: "ENABLED" }));
      out[algorithm ?? "default"] = { text: await text(got), who: got.Metadata.who };
    }
    // A stream of known length goes out in aws-chunked form with a trailing checksum.
    const body = Buffer.alloc(300_000, "stream ");
    await s3.send(new PutObjectCommand({ Bucket: "js-bucket", Key: "streamed", Body: Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]), ContentLength: body.length }));
    const streamed = await (await s3.send(new GetObjectCommand({ Bucket: "js-bucket", Key: "streamed" }))).Body.transformToByteArray();
    out.streamed = createHash("sha256").update(streamed).digest("hex") === createHash("sha256").update(body).digest("hex");
    const large = Buffer.alloc(11 * 1024 * 1024, "large");
    await new Upload({ client: s3, params: { Bucket: "js-bucket", Key: "large", Body: large }, partSize: 5 * 1024 * 1024 }).done();
    const head = await s3.send(new HeadObjectCommand({ Bucket: "js-bucket", Key: "large" }));
    out.large = { length: head.ContentLength, etag: head.ETag };
    out.listed = (await s3.send(new ListObjectsV2Command({ Bucket: "js-bucket", Delimiter: "/" }))).CommonPrefixes.map((p) => p.Prefix);
    out.deleted = (await s3.send(new DeleteObjectsCommand({ Bucket: "js-bucket", Delete: { Objects: [{ Key: "large" }, { Key: "streamed" }] } }))).Deleted.length;
    out.gone = await refusal(() => s3.send(new GetObjectCommand({ Bucket: "js-bucket", Key: "large" })));
    return out;
  },
};

console.log(JSON.stringify(await cases[process.argv[2]]()));
