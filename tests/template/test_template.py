"""What the templates promise whatever else changes in them."""

import json

import pytest
from tests.template import templates as stack

from accolade.config import Config

FUNCTIONS = {
    "receive": "Receive",
    "sweep": "Sweep",
    "process": "Process",
    "send_email": "SendEmail",
    "send_sms": "SendSms",
    "send_whatsapp": "SendWhatsApp",
    "maintain": "Maintain",
    "receipts": "Receipts",
    "pages": "Pages",
    "api": "Front",
    "fulfill": "Fulfill",
}
POSTING = ("Process", "Maintain", "Pages", "Front", "Fulfill")
"""Those whose sentence says that they post."""

WIDE = ("Receive", "Process", "Sweep", "Maintain", "Pages", "Front", "Fulfill")
"""Those that speak with vendors in a company's name, or check what speaks in a vendor's."""

READS = {"GetItem", "BatchGetItem", "Query"}
WITHOUT_RESOURCES = {
    # Traces, SMS and SES's sending are on nothing that has a name of its own; the last two are limited in other ways.
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "sns:Publish",
    "sns:CheckIfPhoneNumberIsOptedOut",
    "ses:SendEmail",
    "ses:SendRawEmail",
}


def test_the_template_is_read_in_one_go_and_so_is_each_child() -> None:
    for path in (stack.ROOT / "template.yaml", *(stack.ROOT / "infra").glob("*.yaml")):
        assert len(path.read_text().splitlines()) < 300, path
    assert {path.stem for path in (stack.ROOT / "infra").glob("*.yaml")} == set(stack.CHILDREN)


def test_every_function_folder_is_deployed_and_nothing_else() -> None:
    folders = {path.parent.name for path in stack.ROOT.glob("functions/*/app.py")}
    deployed = {function["CodeUri"].removeprefix("functions/"): name for name, function in stack.functions().items()}
    assert folders == set(FUNCTIONS)
    assert deployed == FUNCTIONS


def test_functions_run_on_the_python_that_we_test_with() -> None:
    tested = (stack.ROOT / ".python-version").read_text().strip()
    assert {function["Runtime"] for function in stack.functions().values()} == {f"python{tested}"}


def test_only_those_that_ask_a_crm_carry_the_vendors_clients() -> None:
    crm = {name for name, function in stack.functions().items() if {"Ref": "CrmLayer"} in function["Layers"]}
    assert crm == {"Process", "Sweep", "Pages", "Front"}  # pages and API: a connection is tested when it is added
    assert all({"Ref": "CoreLayer"} in function["Layers"] for function in stack.functions().values())


def test_the_api_takes_these_requests_and_no_others() -> None:
    routes = [
        (event["Method"], event["Path"], name)
        for name, function in stack.functions().items()
        for event in stack.events(function, "Api")
    ]
    assert sorted(routes) == [
        ("DELETE", "/api/{proxy+}", "Front"),
        ("GET", "/", "Pages"),
        ("GET", "/api/{proxy+}", "Front"),
        ("GET", "/openapi.json", "Front"),
        ("GET", "/{proxy+}", "Pages"),
        ("PATCH", "/api/{proxy+}", "Front"),
        ("POST", "/api/{proxy+}", "Front"),
        ("POST", "/crm/hubspot", "Receive"),
        ("POST", "/crm/hubspot/{connection}", "Receive"),
        ("POST", "/crm/salesforce/{connection}/{token}", "Receive"),
        ("POST", "/providers/{provider}/{tenant}", "Front"),
        ("POST", "/{proxy+}", "Pages"),
        ("PUT", "/api/{proxy+}", "Front"),
    ]


def test_tokens_in_paths_reach_neither_access_logs_nor_traces() -> None:
    (api,) = stack.resources(stack.main(), "AWS::Serverless::Api").values()
    assert not {"AccessLogSetting", "TracingEnabled"} & set(api["Properties"])
    assert not any("LoggingLevel" in setting or "DataTraceEnabled" in setting for setting in api["Properties"]["MethodSettings"])


def test_environment_variables_are_names_that_config_reads() -> None:
    known = {field.upper() for field in Config.__dataclass_fields__}
    for name, function in stack.functions().items():
        given = {variable for variable in stack.variables(function) if not variable.startswith("POWERTOOLS_")}
        assert given <= known, name
        assert stack.variables(function)["POWERTOOLS_SERVICE_NAME"] == function["CodeUri"].removeprefix("functions/")


def test_every_function_has_a_log_that_ends() -> None:
    groups = stack.resources(stack.child("logs"), "AWS::Logs::LogGroup")
    for name, function in stack.functions().items():
        assert function["LoggingConfig"] == {"LogGroup": {"GetAtt": f"Logs.Outputs.{name}"}}
        group = groups[name]["Properties"]
        assert group["LogGroupName"]["Sub"].removeprefix("/aws/lambda/${StackName}-") == function["CodeUri"].split("/")[1]
        assert group["RetentionInDays"] == {"Ref": "RetentionDays"}
    assert set(groups) == set(stack.functions())


def test_queues_wait_six_times_as_long_as_their_function_may_take() -> None:
    waits = stack.main()["Parameters"]["VisibilitySeconds"]["Default"]
    reading = {name: stack.events(function, "SQS") for name, function in stack.functions().items()}
    assert {name for name, found in reading.items() if found} == {
        "Process",
        "SendEmail",
        "SendSms",
        "SendWhatsApp",
        "Receipts",
        "Fulfill",
    }
    for name, found in reading.items():
        assert not found or waits >= 6 * stack.functions()[name]["Timeout"], name


def test_one_bad_message_comes_again_alone_and_workers_are_limited() -> None:
    for name, function in stack.functions().items():
        for event in stack.events(function, "SQS"):
            assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
            assert event["BatchSize"] == (1 if name == "Fulfill" else 10), name  # two calls of a slow provider fill its time
            assert event["ScalingConfig"]["MaximumConcurrency"], name


def test_every_queue_has_dead_letters_and_alarms() -> None:
    made_by = {
        name: found["Properties"]["TemplateURL"]
        for name, found in stack.resources(stack.child("queues"), "AWS::CloudFormation::Stack").items()
    }
    given = stack.child("queues")["Outputs"]
    for name, function in stack.functions().items():
        for event in stack.events(function, "SQS"):
            queue, _, output = event["Queue"]["GetAtt"].partition(".Outputs.")
            assert queue == "Queues", name
            made, _, which = given[output]["Value"]["GetAtt"].partition(".Outputs.")
            assert made_by[made] in ("queue.yaml", "receipts.yaml"), name
            assert which == "Arn", name
    (nested,) = stack.resources(stack.child("receipts"), "AWS::CloudFormation::Stack").values()
    assert nested["Properties"]["TemplateURL"] == "queue.yaml"
    queue = stack.child("queue")["Resources"]
    assert queue["Queue"]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"] == {"GetAtt": "Dlq.Arn"}
    assert queue["Queue"]["Properties"]["VisibilityTimeout"] == {"Ref": "VisibilitySeconds"}
    watched = {str(alarm["Properties"]["Dimensions"]) for name, alarm in queue.items() if alarm["Type"].endswith("::Alarm")}
    assert any("Queue.QueueName" in dimensions for dimensions in watched)
    assert any("Dlq.QueueName" in dimensions for dimensions in watched)
    assert queue["Dead"]["Properties"]["Threshold"] == 0
    assert queue["Late"]["Properties"]["Threshold"] <= 300


def test_queues_outside_that_pattern_are_dead_letter_queues_with_an_alarm() -> None:
    assert set(stack.resources(stack.main(), "AWS::SQS::Queue")) == {"SchedulesDlq"}
    alarm = stack.child("alarms")["Resources"]["SchedulesDead"]["Properties"]
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Sub": "${StackName}-schedules-dlq"}}]
    own = [stack.main()["Resources"]["SchedulesDlq"], *stack.resources(stack.child("queue"), "AWS::SQS::Queue").values()]
    assert all(queue["Properties"]["SqsManagedSseEnabled"] is True for queue in own)
    assert all(queue["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600 for queue in own)


def test_a_scheduled_run_that_fails_leaves_a_dead_letter() -> None:
    scheduled = {name: stack.events(function, "ScheduleV2") for name, function in stack.functions().items()}
    assert {name: len(found) for name, found in scheduled.items() if found} == {"Sweep": 2, "Maintain": 1}
    dlq = {"GetAtt": "SchedulesDlq.Arn"}
    for name, found in scheduled.items():
        for event in found:
            assert event["DeadLetterConfig"] == {"Arn": dlq}, name
            assert event["RoleArn"] == {"GetAtt": "Roles.Outputs.Scheduler"}, name
            assert "MaximumRetryAttempts" in event["RetryPolicy"], name
        if found:
            on_failure = stack.functions()[name]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
            assert on_failure == {"Type": "SQS", "Destination": dlq}


@pytest.mark.parametrize("table", ["State", "Ledger", "Deliveries"])
def test_tables_survive_mistakes(table: str) -> None:
    found = stack.child("tables")["Resources"][table]
    assert found["DeletionPolicy"] == found["UpdateReplacePolicy"] == "Retain"
    properties = found["Properties"]
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert [key["AttributeName"] for key in properties["KeySchema"]] == ["pk", "sk"]


def test_entries_never_expire() -> None:
    tables = stack.child("tables")["Resources"]
    assert "TimeToLiveSpecification" not in tables["Ledger"]["Properties"]
    for table in ("State", "Deliveries"):
        assert tables[table]["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    kept = stack.main()["Resources"]["Tables"]
    assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"


def test_every_function_has_a_role_of_its_own_and_no_ready_made_policy() -> None:
    for name, function in stack.functions().items():
        front = name in ("Pages", "Front", "Fulfill")
        assert function["Role"] == {"GetAtt": f"{'FrontRoles' if front else 'Roles'}.Outputs.{name}"}
        assert "Policies" not in function
    roles = {name: found for name, found in stack.roles().items() if found["Type"] == "AWS::IAM::Role"}
    assert set(roles) == {*stack.functions(), "Scheduler"}
    shared = {"Runs", "RunsArn", "Sends", "Serves"}
    assert stack.main()["Resources"]["FrontRoles"]["Properties"]["Parameters"]["RunsArn"] == {"GetAtt": "Roles.Outputs.Runs"}
    for name, role in roles.items():
        assert {arn["Ref"] for arn in role["Properties"].get("ManagedPolicyArns", ())} <= shared, name
        trusted = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        service = "scheduler.amazonaws.com" if name == "Scheduler" else "lambda.amazonaws.com"
        assert [statement["Principal"] for statement in trusted] == [{"Service": service}], name


@pytest.mark.parametrize("role", FUNCTIONS.values())
def test_nobody_changes_or_deletes_an_entry(role: str) -> None:
    may = {action.removeprefix("dynamodb:") for action in stack.allowed(role, "LedgerArn")}
    assert may <= READS | ({"PutItem"} if role in POSTING else set())


@pytest.mark.parametrize("role", FUNCTIONS.values())
def test_a_role_names_its_actions_and_its_resources(role: str) -> None:
    for statement in stack.statements(role):
        actions, found = stack.listed(statement["Action"]), stack.listed(statement["Resource"])
        assert all("*" not in action or action == "sqs:SendMessage*" for action in actions)
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        if "*" in found:
            assert set(actions) <= WITHOUT_RESOURCES
    assert not any("dynamodb:Scan" in stack.allowed(role, table) for table in ("StateArn", "LedgerArn", "DeliveriesArn"))


def test_mail_is_sent_as_the_sender_only_and_sms_never_to_a_topic() -> None:
    (mail,) = [statement for statement in stack.statements("SendEmail") if "ses:SendEmail" in statement["Action"]]
    assert mail["Condition"] == {"StringLikeIfExists": {"ses:FromAddress": {"Ref": "SenderEmail"}}}
    denied = [statement for statement in stack.statements("SendSms") if statement["Effect"] == "Deny"]
    assert [(statement["Action"], statement["Resource"]) for statement in denied] == [
        ("sns:Publish", {"Sub": "arn:${AWS::Partition}:sns:*:*:*"})
    ]


def test_secrets_are_those_of_the_stack_and_senders_know_the_link_key_only() -> None:
    for role in stack.functions():
        found = [
            resource["Sub"]
            for statement in stack.statements(role)
            if statement["Action"] == "secretsmanager:GetSecretValue"
            for resource in stack.listed(statement["Resource"])
        ]
        wide = {"${SecretsArn}/*"} if role in WIDE else {"${SecretsArn}/links-*"}
        assert set(found) <= wide, role
    given = stack.main()["Resources"]["Roles"]["Properties"]["Parameters"]["SecretsArn"]["Sub"]
    assert given.endswith(":secret:accolade/${AWS::StackName}")


def test_pages_and_the_api_alone_keep_secrets_and_only_those_of_connections() -> None:
    for role in stack.functions():
        kept = [
            found
            for statement in stack.statements(role)
            if {"secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"} & set(stack.listed(statement["Action"]))
            for found in stack.listed(statement["Resource"])
        ]
        assert kept == ([{"Sub": "${SecretsArn}/connection/*"}] if role in ("Pages", "Front") else []), role


def test_dead_letters_are_put_back_by_pages_and_the_api_alone_and_never_as_a_whole() -> None:
    for role in stack.functions():
        may = stack.allowed(role, "-dlq") - {"sqs:SendMessage*"}  # what misses its schedule is put there
        by_hand = {f"sqs:{name}" for name in ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")}
        wanted = {"Pages": by_hand | {"sqs:GetQueueAttributes"}, "Front": by_hand}.get(role, set())
        assert may == wanted, role
        assert "sqs:StartMessageMoveTask" not in may, role


def test_only_pages_touch_the_accounts_of_staff_and_never_set_a_password_or_attribute() -> None:
    given: dict[str, set[str]] = {}
    for role in stack.functions():
        for statement in stack.statements(role):
            actions = {it for it in stack.listed(statement["Action"]) if it.startswith("cognito")}
            if actions:
                given.setdefault(role, set()).update(actions)
                assert statement["Resource"]["Sub"].endswith(":userpool/${UserPool}"), role
    assert given == {
        "Pages": {
            f"cognito-idp:{name}"
            for name in (
                *("ListUserPoolClients", "InitiateAuth", "RespondToAuthChallenge"),
                *("ListUsers", "ListGroups", "ListUsersInGroup", "AdminGetUser", "AdminListGroupsForUser"),
                *("AdminCreateUser", "AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminDeleteUser"),
            )
        }
    }


def test_every_alarm_reaches_somebody_and_every_function_has_one() -> None:
    alarms = {
        f"{name}.{logical}": alarm["Properties"]
        for name in ("alarms", "queue")
        for logical, alarm in stack.resources(stack.child(name), "AWS::CloudWatch::Alarm").items()
    }
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Topic"}] for alarm in alarms.values())
    assert all(alarm["AlarmDescription"] and alarm["TreatMissingData"] for alarm in alarms.values())
    failing = {
        alarm["Dimensions"][0]["Value"]["Sub"].removeprefix("${StackName}-")
        for alarm in alarms.values()
        if alarm["MetricName"] == "Errors"
    }
    assert failing == set(FUNCTIONS)
    subscriber = stack.child("topics")["Resources"]["AlarmSubscriber"]["Properties"]
    assert subscriber["Endpoint"] == {"Ref": "AlarmEmail"}


def test_the_dashboard_is_json_and_shows_every_function() -> None:
    body = stack.child("dashboard")["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Sub"]
    widgets = json.loads(body)["widgets"]
    errors = next(widget["properties"]["metrics"] for widget in widgets if widget["properties"]["title"] == "Errors")
    assert {metric[3].removeprefix("${StackName}-") for metric in errors} == set(FUNCTIONS)


def test_topics_are_encrypted_with_a_key_that_their_publishers_may_use() -> None:
    topics = stack.resources(stack.child("topics"), "AWS::SNS::Topic")
    assert set(topics) == {"EmailEvents", "MessagingEvents", "Alarms"}
    assert all(topic["Properties"]["KmsMasterKeyId"] == {"GetAtt": "Key.Arn"} for topic in topics.values())
    key = stack.child("topics")["Resources"]["Key"]["Properties"]
    publishers = key["KeyPolicy"]["Statement"][1]["Principal"]["Service"]
    for policy in stack.resources(stack.child("topics"), "AWS::SNS::TopicPolicy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            assert set(stack.listed(statement["Principal"]["Service"])) <= set(publishers)
            assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_command_finds_its_outputs() -> None:
    from accolade.cli.stack import _SETTINGS, DEAD_QUEUES, WORK_QUEUES

    outputs = set(stack.main()["Outputs"])
    title = {"whatsapp": "WhatsApp"}
    queues = {f"{title.get(name, name.capitalize())}QueueUrl" for name in WORK_QUEUES}
    dead = {f"{title.get(name, name.capitalize())}DlqUrl" for name in DEAD_QUEUES}
    topics = {"EmailEventsTopic", "MessagingEventsTopic", "AlarmTopic"}
    assert outputs >= {*_SETTINGS.values(), *queues, *dead, *topics, "ApiId", "ApiStage", "ApiUrl"}
