# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The only place that knows the service's error codes and texts (AWS_FACTS section 9)."""

from __future__ import annotations

import contextlib
import re
import typing as t

with contextlib.suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    import botocore.exceptions

# What an error means for the run
ABSENT = "absent"  # the table isn't there
BUSY = "busy"  # not now: something else changes; the next observation decides
THROTTLED = "throttled"
FAULT = "fault"  # the service failed
UNREACHABLE = "unreachable"
FOREIGN = "foreign"  # something else than the service answered, or only a part of its answer came
DENIED = "denied"
CREDENTIALS = "credentials"
SOURCE = "source"  # a replica that was added from there has to go first
REFUSED = "refused"  # not like this: a person has to change something

TRANSIENT = frozenset((BUSY, THROTTLED, FAULT, UNREACHABLE, FOREIGN))

_CODES = {
    "ResourceNotFoundException": ABSENT,
    "TableNotFoundException": ABSENT,
    "ResourceInUseException": BUSY,
    "TableInUseException": BUSY,
    "ContinuousBackupsUnavailableException": BUSY,
    "ReplicatedWriteConflictException": BUSY,
    "ObjectNotFoundException": BUSY,  # a scalable target that is gone, or not there yet: the next observation tells
    "ConcurrentUpdateException": BUSY,
    "LimitExceededException": REFUSED,
    "ThrottlingException": THROTTLED,
    "Throttling": THROTTLED,
    "RequestLimitExceeded": THROTTLED,
    "ProvisionedThroughputExceededException": THROTTLED,
    "InternalServerError": FAULT,
    "InternalFailure": FAULT,
    "InternalServiceException": FAULT,
    "ServiceUnavailable": FAULT,
    "AccessDeniedException": DENIED,
    "AccessDenied": DENIED,
    "UnrecognizedClientException": CREDENTIALS,
    "InvalidSignatureException": CREDENTIALS,
    "SignatureDoesNotMatch": CREDENTIALS,
    "IncompleteSignature": CREDENTIALS,
    "InvalidClientTokenId": CREDENTIALS,
    "ExpiredTokenException": CREDENTIALS,
    "ExpiredToken": CREDENTIALS,
    "MissingAuthenticationToken": CREDENTIALS,
}

_QUOTA = "ask for less, or have the account's quota in that region raised (Service Quotas)"

# A distinctive part of a text -> what it means, and what to do. They come before the codes; live texts may use
# typographic quotes, so no part holds one.
_TEXTS = (
    (
        "Only 1 online index",
        BUSY,
        "an index of the table is being made or removed, perhaps in a region that isn't listed",
    ),
    ("simultaneously", THROTTLED, ""),
    ("concurrent", THROTTLED, ""),
    ("tags are being updated", BUSY, ""),
    # A change whose answer was lost and that was sent again: the next observation tells.
    ("TimeToLive is already", BUSY, ""),
    ("already has an enabled stream", BUSY, ""),
    ("an index which already exists", BUSY, ""),
    ("will not change. The requested value equals", BUSY, ""),
    ("were not part of the global table", BUSY, ""),
    # Contributor Insights or a Kinesis destination that is still changing (findings DDB-TABLE-116, 299).
    ("is not in a valid state to", BUSY, ""),
    ("Precision is already set", BUSY, ""),
    ("describe time to live while", BUSY, ""),
    ("already existed as tables", BUSY, "a table of that name is in the region, or the former replica isn't gone yet"),
    ("is not allowed while the replica is being added", BUSY, "a replica is being added"),
    (
        "Updates to TableClass are limited",
        REFUSED,
        "a table's class can be changed twice in 30 days, and a change counts in every replica: wait, or leave it",
    ),
    (
        "decreases are limited within a given UTC day",
        REFUSED,
        "the capacity of a table, and of each index, can be lowered four times in a UTC day, then once an hour: run "
        "again later, or leave it",
    ),
    (
        "Update to PayPerRequest mode are limited",
        REFUSED,
        "a table can be switched to PAY_PER_REQUEST only so often in 24 hours: run again later, or leave billing_mode",
    ),
    (
        "secondary indexes exceeds per-table limit",
        REFUSED,
        "indexes that aren't listed count too: purge_indexes: true removes them before others are added",
    ),
    ("above the per table maximum", REFUSED, _QUOTA),
    ("above the per index maximum", REFUSED, _QUOTA),
    ("CapacityUnits of the account", REFUSED, _QUOTA),
    ("limit to be exceeded for the account", REFUSED, _QUOTA),
    (
        "decreasing WarmThroughput is not supported",
        REFUSED,
        "warm throughput only rises, and somebody raised it: run again",
    ),
    (
        "acted as a source region",
        SOURCE,
        "a replica that was added from there less than 24 hours ago still exists: remove that one first, or wait until "
        "the 24 hours are over; to delete the whole group, name the region that replicas were added from as its home",
    ),
    (
        "write capacity should either be Pay-Per-Request or AutoScaled",
        REFUSED,
        "set billing_mode: PAY_PER_REQUEST, or autoscaling.write of the table and of every global secondary index",
    ),
    # Application Auto Scaling: what is to be scaled isn't there yet (finding DDB-TABLE-322), or has a policy by now.
    ("DynamoDB table does not exist", BUSY, ""),
    ("DynamoDB index does not exist", BUSY, ""),
    ("Only one TargetTrackingScaling policy for a given metric", BUSY, ""),
    (
        "iam:CreateServiceLinkedRole",
        DENIED,
        "the first of its kind in an account also makes the service's role (iam:CreateServiceLinkedRole)",
    ),
    (
        "will not allow you to update the resource policy",
        REFUSED,
        "the policy would forbid these credentials to change it again, which this collection never confirms: exempt "
        "them from its Deny, for instance by a condition on aws:PrincipalArn",
    ),
    (
        "disassociation protection enabled",
        REFUSED,
        "set disassociation_protection: false for that region, beside state: disassociated",
    ),
    ("deletion protection enabled", REFUSED, "set deletion_protection: false for that region first"),
    ("user is missing the permissions since the region is disabled", REFUSED, "enable the region for the account"),
    ("Disabling Stream is not allowed", REFUSED, "a global table replicates through its stream: leave stream alone"),
    (
        "Unsupported Region(s) specified for global tables",
        REFUSED,
        "a strongly consistent group takes three regions of one set, the witness's among them: us-east-1, us-east-2, "
        "us-west-2; eu-west-1, eu-west-2, eu-west-3, eu-central-1; or ap-northeast-1, ap-northeast-2, ap-northeast-3",
    ),
    (
        "KMSMasterKeyId must be specified",
        REFUSED,
        "a table with a customer's key has one in every region: set encryption (type: customer) on it, and kms_key for "
        "each of its replicas",
    ),
    (
        "All replica keys must either be",
        REFUSED,
        "customers' keys and those of AWS don't go together in a group: set encryption.type of the table, and with "
        "customer a kms_key for each replica",
    ),
    (
        "replica server-side encryption status is in UPDATING",
        REFUSED,
        "when no region is changing its key, the key of one of them can't be used: enable it",
    ),
    (
        "Encryption mode changes are limited",
        REFUSED,
        "encryption of a table can be changed four times in 24 hours, then once in six: wait, or leave it",
    ),
    (
        "Time to live has been modified multiple times",
        REFUSED,
        "TTL of a table can be changed about every half hour: run again later",
    ),
    ("Multiple updates to TTL", REFUSED, "TTL of a table can be changed about every half hour: run again later"),
)


class ServiceError(Exception):
    """A call that failed.

    :ivar kind: one of the kinds above.
    :ivar call: the operation, e.g. ``UpdateTable``.
    :ivar retried: whether it is the answer to a call that the SDK sent again, so that an earlier one may have worked.
    """

    def __init__(self, kind: str, call: str, region: str, text: str, retried: bool = False) -> None:
        super().__init__(text)
        self.kind = kind
        self.call = call
        self.region = region
        self.retried = retried

    @property
    def transient(self) -> bool:
        return self.kind in TRANSIENT

    @property
    def may_have_worked(self) -> bool:
        """Whether the service may have carried the call out all the same: it didn't refuse it at the first try."""
        return self.retried or self.kind in (FAULT, UNREACHABLE, FOREIGN)


def explain(error: Exception, call: str, region: str, service: str = "dynamodb") -> ServiceError:
    """What an exception of botocore means, as a sentence that says what happened, where, and what to do."""
    kind, remedy = _classify(error)
    said = str(error)
    hint, retries = "", 0
    if isinstance(error, botocore.exceptions.ClientError):
        details = error.response.get("Error", {})
        retries = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
        said = f"{details.get('Code')}: {details.get('Message')}"
        # A region that the account hasn't enabled doesn't know its credentials either.
        hint = ", and that the account has the region enabled"
    text = {
        DENIED: f"access denied: {_denied(said) or f'{service}:{call} in {region}'}: allow that action ({said})",
        CREDENTIALS: f"no usable AWS credentials for {call} in {region}: check environment, profile or role{hint} "
        f"({said})",
        FAULT: f"{call} in {region} failed on the service's side ({said}): run again",
        THROTTLED: f"throttled: {call} in {region} ({said})",
        UNREACHABLE: f"can't reach the endpoint of {region} for {call}: {_reaching(said)} ({said})",
    }.get(kind, f"{call} in {region} failed ({said})")
    return ServiceError(kind, call, region, f"{text}: {remedy}" if remedy else text, retried=retries > 0)


def _reaching(said: str) -> str:
    """What to do about an endpoint that doesn't answer: on this machine it is the simulator's or another emulator's."""
    local = re.search(r"https?://(?:localhost|127\.[\d.]+|\[::1\]):(\d+)", said)
    if not local:
        return "check endpoint_url and the network"
    return f"start the simulator (make simulator PORT={local[1]}), or correct endpoint_url (dynamodb_endpoint_url)"


def _denied(said: str) -> str:
    """The action that the service names, perhaps another than that of the call and in another region (section 10)."""
    named = re.search(r"not authorized to perform: ([\w-]+:\w+) on resource: arn:[\w-]*:[\w-]*:([\w-]+):", said)
    return f"{named[1]} in {named[2]}" if named else ""


def not_the_service(call: str, region: str, flaw: str) -> ServiceError:
    """An answer that has something of the service's missing; ``flaw`` says what."""
    text = (
        f"{call} in {region} wasn't answered as AWS answers ({flaw}), probably by a proxy or a captive portal: "
        "check endpoint_url, the network and its proxy (HTTPS_PROXY), then run again"
    )
    return ServiceError(FOREIGN, call, region, text)


def _classify(error: Exception) -> tuple[str, str]:
    if isinstance(error, botocore.exceptions.ClientError):
        return _classify_response(error.response)
    credentials = (
        botocore.exceptions.NoCredentialsError,
        botocore.exceptions.PartialCredentialsError,
        botocore.exceptions.CredentialRetrievalError,
        botocore.exceptions.TokenRetrievalError,
        botocore.exceptions.NoAuthTokenError,
        botocore.exceptions.SSOError,
    )
    if isinstance(error, credentials):
        return CREDENTIALS, ""
    if isinstance(error, (botocore.exceptions.ConnectionError, botocore.exceptions.HTTPClientError)):
        return UNREACHABLE, ""
    if isinstance(error, botocore.exceptions.ParamValidationError) and "Unknown parameter in input" in str(error):
        return REFUSED, "update boto3 and botocore, which don't know it yet"
    return REFUSED, ""


def _classify_response(response: dict[str, t.Any]) -> tuple[str, str]:
    details = response.get("Error", {})
    message = (details.get("Message") or "").lower()
    for part, kind, remedy in _TEXTS:
        if part.lower() in message:
            return kind, remedy
    if details.get("Code") in _CODES:
        return _CODES[details["Code"]], ""
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    return (FAULT if status >= 500 else REFUSED), ""
