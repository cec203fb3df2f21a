# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of multiregion.dynamodb, private to the collection: nothing here is an interface for others.

The rooms, in the order data flows through them:

pure (no client, no module, no clock)
    arguments   what the modules accept
    shapes      options of tables and replicas -> the same in their types, and what has a wrong shape
    spec        accepted arguments -> what is wanted, or one refusal that lists every problem
    endpoint    where calls are sent, and what would send them astray
    state       what was observed, as plain records in the words of the options
    transform   the words of the options <-> the shapes of the API
    steps       one change of the service: call, parameters, sentence, expected effect
    plan        (wanted, observed) -> steps in their order, or why nothing may be done
    admission   of these, what the service admits now; what is under way
    group       how members come, change and go, and what stands in their way; strong_group the same of strong
                consistency, where all come and go together
    predict     (observed, steps) -> the state they lead to
    inventory   the observed state -> an entry of dynamodb_tables
    divergence  the observed state -> what the regions of a group should share and don't
    results     -> what the modules that change tables return
    progress    how far the tables have come -> counts, failures and about how long the rest takes, for people who watch
    status      -> what the module that looks at them returns, and how people read it
    wording     how names are listed, and what many tables have in common said once
    grid        rows of text -> lines whose columns stand below each other

touching files
    files       whether a path can become a file; writing it in one move
    approval    the first plan as a document, and whether it is the expected one
    progress_file  the same, appended to a file

touching the service
    sdk         whether the installed botocore knows what is used
    clients     one client per region, made before threads start
    errors      the only place that knows error codes and texts
    answers     what makes an answer the service's own
    api         one thin function per API call
    observe     reads
    discover    tables that exist -> what is to be read of them
    converge    observe, plan, act, wait; again until nothing is left

verification/   proves that items replicate; its own rooms are explained there
"""
