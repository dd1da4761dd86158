"""What tools/make_cli_vectors.py asks the AWS CLI."""

SHORTHAND = [
    "a=b", "a=b,c=d", "a=b,c", "a=b,c,d=e", "a=b,c,d", "a=", "a=,b=c", "a=[b,c]", "a=[]", "a=[b],c=d", "a={b=c}", "a={b=c,d=e}",
    "a={b={c=d}}", "a={b=[c,d]}", "a=[{b=c},{d=e}]", "a=[[b,c],[d]]", "a='b'", "a=\"b\"", "a='b,c'", "a=\"b,c\",d=e", "a='b\\'c'",
    "a=\"b\\\"c\"", "a='b\\\\c'", "a=b\\,c", "a=b\\,c,d=e", "a=b c", "a = b", "a=b , c=d", "a=b ,c", " a=b", "a=b ", "a=b\tc", "a.b=c",
    "a-b=c", "a_b=c", "a#b=c", "a/b=c", "aws:tag=c", "a=b=c", "a=b==", "a=b,c=d=e", "a=http://x/y?z=1", "a=x:y", "a=*", "a=!b", "a=~b",
    "a=`b`", "a=é", "é=a", "a=b;c", "a=(b)", "a=@b", "a=$b", "a=%b", "a=^b", "a=&b", "a=+b", "a=-b", "a=.b", "a=<b>", "a=?b", "a=|b",
    "a=]", "a=}", "a=b]", "a=b}", "a=[b", "a={b", "a={b=c", "a=[b,", "a={b=c,", "a=[b,,c]", "a=[,b]", "a={,}", "a={=b}", "a", "", "=", "=a",
    "a=b,", "a=b,,c=d", "a=b,c=", ",", "a,b", "a=b,a=c", "a=b,c,a=d", "a=[b]c", "a={b=c}d", "a='b", "a=\"b", "a='b'c", "a=\"b\"c", "a='b' ,c=d",
    "a=b\nc=d", "a=b,\nc=d", "a=b,\nc==d", "a\n=b", "a={b=c,b=d}", "a=[ b , c ]", "a={ b = c , d = e }", "a=b,'c',\"d\"", "a='b','c'",
    "a=b,[c]", "a=b,{c=d}", "a=b,c\\,d,e=f", "Key=Name,Value=web", "Name=instance-state-name,Values=running,stopped",
    "DeviceName=/dev/xvda,Ebs={VolumeSize=8,DeleteOnTermination=true}", "ResourceType=instance,Tags=[{Key=a,Value=b},{Key=c,Value=d}]",
    "Arn=arn:aws:iam::aws:policy/ReadOnlyAccess", "a=\u20ac,b=c", "a=😀", "a==", "a=b c,d=e f", "a='',b=c", "a=\"\"", "a=[''],b=", "a=b,c ,d=e",
]

F = "tests/vectors/calls/files/"
COMMANDS = [
    # scalars
    "iam get-role --role-name r", "iam get-role --role-name=r", "iam get-role --role-name ''", "iam get-role --role-name=", "iam get-role --role-n r",
    "iam get-role --role-name a --role-name b", "iam get-role --role-name 'a b'", "iam get-role --role-name é",
    "sts assume-role --role-arn arn:aws:iam::111111111111:role/r --role-session-name s --duration-seconds 900",
    "sts assume-role --role-arn arn:aws:iam::111111111111:role/r --role-session-name s --duration-seconds x",
    "sts assume-role --role-arn arn:aws:iam::111111111111:role/r --role-session-name s --duration-seconds 1.5",
    "sts assume-role --role-arn arn:aws:iam::111111111111:role/r --role-session-name s --duration-seconds 899",
    "sts assume-role --role-arn r --role-session-name s", "sts assume-role --role-arn r --role-session-name s --duration-seconds -1",
    "iam list-roles --max-items x", "iam list-roles --page-size 5 --max-items 3", "iam list-roles --no-paginate --max-items 3",
    "iam list-roles --no-paginate --page-size 3", "iam list-roles --no-paginate --starting-token x", "iam list-roles --marker m --max-items 3",
    "iam list-roles --marker m", "s3api list-objects-v2 --bucket bkt --max-items 3 --no-paginate", "s3api list-objects-v2 --bucket bkt --max-keys 3",
    "s3api list-objects-v2 --bucket bkt --max-keys 3 --max-items 2", "s3api list-objects --bucket bkt --encoding-type url",
    # booleans
    "iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p --policy-document {} --set-as-default",
    "iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p --policy-document {} --no-set-as-default",
    "iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p --policy-document {} --set-as-default --no-set-as-default",
    "iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p --policy-document {} --no-set-as-default --set-as-default",
    "iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p --policy-document {} --set-as-default=true",
    "iam create-policy-version --policy-arn arn:aws:iam::111111111111:policy/p --policy-document {} --set-as-default true",
    "ec2 describe-instances --dry-run", "ec2 describe-instances --no-dry-run",
    # lists
    "ec2 describe-instances --instance-ids i-1 i-2", "ec2 describe-instances --instance-ids '[\"i-1\",\"i-2\"]'", "ec2 describe-instances --instance-ids",
    "ec2 describe-instances --instance-ids '[i-1'", "ec2 describe-instances --instance-ids i-1 --instance-ids i-2",
    "ec2 describe-instances --filters Name=instance-state-name,Values=running,stopped", "ec2 describe-instances --filters Name=a,Values=b Name=c,Values=d,e",
    "ec2 describe-instances --filters '[{\"Name\":\"a\",\"Values\":[\"b\"]}]'", "ec2 describe-instances --filters '{\"Name\":\"a\",\"Values\":[\"b\"]}'",
    "ec2 describe-instances --filters Name=a,Values=b,Nam=c", "ec2 describe-instances --filters Name=a,Name=b", "ec2 describe-instances --filters a",
    "ec2 describe-instances --filters Name==a", "ec2 describe-instances --filters 'Name=tag:Name,Values=*'", "ec2 describe-instances --filters Name=a,Values=[b,c]",
    "iam create-user --user-name u --tags Key=a,Value=b Key=c,Value='d e'", "iam create-user --user-name u --tags file://" + F + "tags.json",
    "iam create-user --user-name u --tags Key=a", "iam create-user --user-name u --tags Key=a,Value=1", "iam create-user --user-name u --tags Key=a,Value=",
    "iam untag-user --user-name u --tag-keys a b c", "iam untag-user --user-name u --tag-keys", "iam untag-user --user-name u",
    "iam simulate-custom-policy --policy-input-list '{\"Version\":\"2012-10-17\"}' --action-names s3:GetObject s3:PutObject",
    "iam simulate-custom-policy --policy-input-list file://" + F + "policy.json --action-names a --context-entries "
    "ContextKeyName=aws:k,ContextKeyValues=x,y,ContextKeyType=string",
    "iam simulate-custom-policy --policy-input-list x --action-names a --context-entries ContextKeyName=aws:k,ContextKeyValues=x,ContextKeyType=string "
    "--max-items 4",
    # structures
    "s3api create-bucket --bucket bkt --create-bucket-configuration LocationConstraint=eu-west-1",
    "s3api create-bucket --bucket bkt --create-bucket-configuration '{\"LocationConstraint\":\"eu-west-1\"}'",
    "s3api create-bucket --bucket bkt --create-bucket-configuration '{\"LocationConstraint\":1}'",
    "s3api create-bucket --bucket bkt --create-bucket-configuration '{\"Locatio\":\"eu-west-1\"}'",
    "s3api create-bucket --bucket bkt --create-bucket-configuration '[]'", "s3api create-bucket --bucket 'b k'", "s3api create-bucket --bucket ''",
    "s3api put-bucket-tagging --bucket bkt --tagging 'TagSet=[{Key=a,Value=b},{Key=c,Value=d}]'",
    "s3api put-bucket-tagging --bucket bkt --tagging TagSet={Key=a}", "s3api put-bucket-versioning --bucket bkt --versioning-configuration Status=Enabled",
    "s3api put-public-access-block --bucket bkt --public-access-block-configuration "
    "BlockPublicAcls=true,IgnorePublicAcls=false,BlockPublicPolicy=TRUE,RestrictPublicBuckets=maybe",
    "s3api delete-objects --bucket bkt --delete 'Objects=[{Key=a},{Key=b,VersionId=c}],Quiet=true'",
    "s3api put-bucket-lifecycle-configuration --bucket bkt --lifecycle-configuration "
    "'{\"Rules\":[{\"ID\":\"a\",\"Status\":\"Enabled\",\"Filter\":{\"Prefix\":\"x\"},\"Expiration\":{\"Days\":3}}]}'",
    "ec2 run-instances --image-id ami-1 --count 3", "ec2 run-instances --image-id ami-1 --count 1:3", "ec2 run-instances --image-id ami-1",
    "ec2 run-instances --image-id ami-1 --count a", "ec2 run-instances --image-id ami-1 --count 1:a", "ec2 run-instances --image-id ami-1 --count 1:2:3",
    "ec2 run-instances --image-id ami-1 --instance-type t3.micro --security-group-ids sg-1 sg-2 --user-data hello",
    "ec2 run-instances --image-id ami-1 --user-data file://" + F + "policy.json", "ec2 run-instances --image-id ami-1 --associate-public-ip-address --subnet-id s",
    "ec2 run-instances --image-id ami-1 --no-associate-public-ip-address --security-group-ids sg-1 --private-ip-address 10.0.0.1",
    "ec2 run-instances --image-id ami-1 --secondary-private-ip-addresses 10.0.0.1 10.0.0.2", "ec2 run-instances --image-id ami-1 --secondary-private-ip-address-count 2",
    "ec2 run-instances --image-id ami-1 --block-device-mappings DeviceName=/dev/xvda,Ebs={VolumeSize=8,DeleteOnTermination=false}",
    "ec2 run-instances --image-id ami-1 --block-device-mappings DeviceName=/dev/xvda,Ebs={VolumeSize=x}",
    "ec2 run-instances --image-id ami-1 --disable-api-termination --no-ebs-optimized", "ec2 run-instances --image-id ami-1 --enable-api-termination",
    "ec2 run-instances --image-id ami-1 --iam-instance-profile Name=p", "ec2 run-instances --image-id ami-1 --monitoring Enabled=true --placement Tenancy=default",
    "ec2 run-instances --image-id ami-1 --tag-specifications 'ResourceType=instance,Tags=[{Key=a,Value=b}]'", "ec2 run-instances --image-id ami-1 --dry-run",
    "ec2 create-tags --resources i-1 i-2 --tags Key=a,Value=b", "ec2 create-tags --resources i-1 --tags Key=a,Value=b,c",
    # files
    "iam create-role --role-name r --assume-role-policy-document file://" + F + "policy.json", "iam create-role --role-name r --assume-role-policy-document {}",
    "iam create-role --role-name r --assume-role-policy-document file://" + F + "nothing.json", "iam put-user-policy --user-name u --policy-name p --policy-document "
    "file://" + F + "latin1.bin", "iam create-user --cli-input-json file://" + F + "input.json", "iam create-user --cli-input-json file://" + F + "input.json "
    "--user-name typed", "iam create-user --cli-input-json '{\"UserName\":1}'", "iam create-user --cli-input-json '{\"User\":\"a\"}'",
    "iam create-user --cli-input-json '[]'", "iam create-user --cli-input-json '{'", "iam create-user --cli-input-json '{}'",
    "iam list-roles --cli-input-json '{\"MaxItems\":3}'", "s3api put-object --bucket bkt --key k --body " + F + "blob.bin --metadata a=1,b=2",
    "s3api put-object --bucket bkt --key k --body nothing", "s3api put-object --bucket bkt --key k --metadata '{\"a\":\"b\"}'",
    "s3api put-object --bucket bkt --key k --metadata a=é", "s3api put-object --bucket bkt --key k --content-length x", "s3api put-object --bucket bkt",
    "s3api copy-object --bucket bkt --key k --copy-source 'bkt/a b'", "s3api copy-object --bucket bkt --key k --copy-source 'bkt/a?versionId=x'",
    "s3api get-object --bucket bkt --key k out", "s3api get-object --bucket bkt --key k", "s3api get-object out --bucket bkt --key k", "s3api get-object --bucket bkt out",
    "s3api get-object --bucket bkt --key k out more", "s3api get-object --bucket bkt --key k --if-modified-since 2020-01-01T00:00:00Z out",
    "s3api get-object --bucket bkt --key k --if-modified-since yesterday out", "s3api get-object --bucket bkt --key k --part-number 2 out",
    "s3api upload-part --bucket bkt --key k --part-number 1 --upload-id u --body " + F + "blob.bin", "s3api put-object --bucket bkt --key k --expires 2030-01-01",
    "s3api put-object --bucket bkt --key k --sse-customer-algorithm AES256 --sse-customer-key 01234567890123456789012345678901",
    # errors
    "iam get-rle", "iam get-role --role-name r --foo", "iam get-role --role-name r --foo bar", "iam get-role --role-name r bar", "iam get-role --role-name",
    "iam get-role", "iam put-role-policy", "iam", "iam get-role --role-name --foo", "iam list-users --output jsn", "iam get-role --role-name r --endpoint-url x",
    "iam list-users --query 'a['", "iam create-virtual-mfa-device --virtual-mfa-device-name d", "iam create-virtual-mfa-device --virtual-mfa-device-name d "
    "--outfile /nowhere/x --bootstrap-method QRCodePNG", "iam create-virtual-mfa-device --virtual-mfa-device-name d --outfile x --bootstrap-method QR",
    "iam get-role --role-name -1", "iam get-role --role-name -x", "iam get-role -r x", "iam get-role --role-name r --color sometimes", "iam get-role --",
    # other services
    "organizations create-account --email a@b.c --account-name x", "organizations list-accounts --max-items 2",
    "organizations create-policy --content {} --description d --name n --type SERVICE_CONTROL_POLICY",
    "organizations create-policy --content {} --name n --type SERVICE_CONTROL_POLICY --tags Key=a,Value=b",
    "sqs create-queue --queue-name q --attributes VisibilityTimeout=30,Policy=x", "sqs create-queue --queue-name q --attributes '{\"VisibilityTimeout\":\"30\"}'",
    "sqs send-message --queue-url u --message-body b --message-attributes '{\"a\":{\"DataType\":\"String\",\"StringValue\":\"v\"}}'",
    "sqs send-message --queue-url u --message-body b --message-attributes a={DataType=Binary,BinaryValue=aGVsbG8=}",
    "sqs send-message --queue-url u --message-body b --message-attributes a={DataType=Binary,BinaryValue=h}",
    "sqs send-message --queue-url u --message-body b --message-attributes a={DataType=Binary,BinaryValue=hello} --cli-binary-format raw-in-base64-out",
    "sqs receive-message --queue-url u --attribute-names All --max-number-of-messages 10", "sqs set-queue-attributes --queue-url u --attributes A=1,2",
    "sns subscribe --topic-arn t --protocol sqs --notification-endpoint e", "sns publish --topic-arn t --message m --message-attributes "
    "'{\"a\":{\"DataType\":\"String\",\"StringValue\":\"v\"}}'", "sns create-topic --name n --attributes FifoTopic=true --tags Key=a,Value=b",
    "cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=x --start-time 2020-01-01 --max-items 2",
    "cloudtrail create-trail --name n --s3-bucket-name bkt --is-multi-region-trail --no-include-global-service-events",
    "sts get-caller-identity", "sts get-caller-identity x", "sts assume-role-with-saml --role-arn arn:aws:iam::111111111111:role/r --principal-arn "
    "arn:aws:iam::111111111111:saml-provider/p --saml-assertion aaaa", "sts assume-role-with-web-identity --role-arn arn:aws:iam::111111111111:role/r "
    "--role-session-name s --web-identity-token token", "sts get-federation-token --name n --policy-arns arn=arn:aws:iam::aws:policy/A arn=arn:aws:iam::aws:policy/B",
    "sts get-federation-token --name n --tags Key=a,Value=b --policy {}",
]
