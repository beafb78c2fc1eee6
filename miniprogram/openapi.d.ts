/** Made from our OpenAPI document by `make mini`; not to be edited. */

export interface paths {
    "/api/v1/account-deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How it stands, what stands in its way, and what would be lost */
        get: operations["read_account_deletion"];
        put?: never;
        /** Ask for the account to be deleted in seven days */
        post: operations["request_account_deletion"];
        /** Keep the account after all; where no deletion is under way nothing changes */
        delete: operations["cancel_account_deletion"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/benefit-grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This customer's benefits, newest first */
        get: operations["list_benefit_grants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/benefit-grants/{grant_id}/redemption": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Redeem a benefit: shows its code. A repeat shows it again; every showing is noted */
        post: operations["redeem_benefit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/benefits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The benefits this customer can have: by exchange, by a task they see, by a level */
        get: operations["list_mall"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/benefits/{benefit}/exchanges": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Exchange experience for a benefit. The same Idempotency-Key is the same exchange: a repeat gets it with 200 */
        post: operations["exchange_benefit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/binding-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a one-time code by SMS */
        post: operations["send_binding_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bind this WeChat identity to a card; the session goes on as the card's holder under a new token */
        post: operations["bind"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/challenges/{challenge_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell the code; the action that was refused with `risk.challenge` may be repeated then */
        post: operations["answer_challenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/challenges/{challenge_id}/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a one-time code by SMS to the phone the bank knows. The id is that of a `risk.challenge` */
        post: operations["send_challenge_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For clients that poll: what changed for this customer */
        get: operations["list_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims/{claim_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of this customer's claims */
        get: operations["read_claim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims/{claim_id}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a claim has not moved
         * @description Per condition: what is missing and by when, the latest transactions that counted, and those that did not and why.
         */
        get: operations["explain_claim"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This customer's consents */
        get: operations["list_consents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/consents/{purpose}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Give or withdraw one consent; the same again changes nothing */
        put: operations["decide_consent"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/coupon-offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the coupon centre has, now and soon, and what this customer may still claim of it */
        get: operations["list_coupon_offers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/coupon-offers/{template}/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Claim a coupon in the coupon centre
         * @description The same Idempotency-Key is the same claim for ever: a repeat answers 200 with the same coupon. The header is
         *     needed where a customer may have more than one; elsewhere every claim without it is the same one.
         */
        post: operations["claim_coupon"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/coupon-offers/{template}/reminder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Be told, once, when a coupon of the coupon centre can be had. 200 when it was asked for already */
        post: operations["remind_of_coupon_offer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This customer's coupons, newest first */
        get: operations["list_coupons"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/coupons/{coupon_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of this customer's coupons, with its history */
        get: operations["read_coupon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/data-exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This customer's files */
        get: operations["list_data_exports"];
        put?: never;
        /** Ask for everything we hold about this customer; there is one file a day, asking again gives the same */
        post: operations["request_data_export"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/data-exports/{export_id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a file */
        get: operations["download_data_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/debts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is owed, what later rewards have paid of it, and what was forgiven */
        get: operations["list_debts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/experience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every movement of experience, newest first */
        get: operations["list_experience"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/identities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The WeChat identities bound to this customer */
        get: operations["list_identities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/identities/{identity_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Unbind a WeChat identity: its sessions end at once, everything of the customer stays
         * @description It may be bound again, to this card or another. When this session came by it, this session ends too.
         */
        delete: operations["unbind_identity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/js-sdk-config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sign a page of ours for WeChat's JavaScript */
        get: operations["read_js_sdk_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/level": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The level table with this customer's own place */
        get: operations["read_level"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loan-trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a loan would cost, without and with coupons. Nothing is kept */
        post: operations["try_loan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loan-trials/coupons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which coupons this loan could use, and why not the others */
        get: operations["list_coupon_choices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Apply for a loan. The same Idempotency-Key is the same loan; ask for its state until it is decided */
        post: operations["apply_for_loan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loans/{loan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of this customer's loans */
        get: operations["read_loan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loans/{loan_id}/cost-table": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The cost table the customer confirmed when applying, word by word */
        get: operations["read_confirmed_costs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/loans/{loan_id}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The repayment plan, with what the coupon takes off each instalment */
        get: operations["read_loan_plan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, with level and experience */
        get: operations["read_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This customer's messages */
        get: operations["list_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{message_id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mark a message read. Repeating it changes nothing */
        post: operations["read_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mark every message read */
        post: operations["read_all_messages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in */
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/current": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out: the token stops working in every process at once */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events; `Last-Event-ID` resumes where a lost connection ended */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tasks this customer sees, with progress; what is recommended to them first */
        get: operations["list_tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One task */
        get: operations["read_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{task}/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Claim a task. A repeat answers 200 with the same claim */
        post: operations["claim_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wechat-h5/authorization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Send the browser to WeChat to sign in
         * @description It comes back to `/h5/sign-in` with a code and a state for `POST /sessions`. The state works once, for ten minutes,
         *     and only in this browser.
         */
        get: operations["go_to_wechat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/card-core/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a signed batch of up to 5,000 events
         * @description Answered only after the good events are durable; a bad one is listed and refuses no other. Sending a batch
         *     again is harmless: known events are counted as duplicates.
         */
        post: operations["receive_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/card-core/loan-notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take up to 500 signed notices of loans: decided, cancelled in the cooling-off, repaid early
         * @description Answered only after what follows is durable. Notices may come twice, late and out of order: each says what the loan
         *     is now. One of a loan we never asked for is listed and refuses no other.
         */
        post: operations["receive_notices"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/push/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take up to 1,000 signed receipts; `X-Partner` is `push`. Twice, late and out of order are harmless */
        post: operations["receive_push_receipts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/sms/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take up to 1,000 signed receipts; `X-Partner` is `sms`. Twice, late and out of order are harmless */
        post: operations["receive_sms_receipts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/sms/replies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take up to 1,000 signed replies; `X-Partner` is `sms`. Who writes `TD`, `退订` or the like gets no marketing
         * @description by SMS any more.
         */
        post: operations["receive_replies"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/suppliers/{supplier}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a signed batch of up to 1,000 usages; `X-Partner` is the supplier's code
         * @description Answered only after they are durable; a bad one is listed and refuses no other, one that fits no grant of ours is
         *     parked. Sending them again, in any order, is harmless. Suspended and exited suppliers may tell too.
         */
        post: operations["receive_usage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/channels/v1/wechat/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Answer WeChat's question when the address is entered in its console
         * @description `echostr` comes back as it is; encrypted (with `msg_signature`), it comes back decrypted.
         */
        get: operations["verify_address"];
        put?: never;
        /**
         * Take a message or an event; answered with `success` once it is durable, well within WeChat's five seconds
         * @description XML and JSON, encrypted in both. A repeat is acknowledged and does nothing.
         */
        post: operations["receive_callback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AccountDeletion
         * @description `state` is `cooling` while it can be cancelled. With running loans it cannot be asked for, nor is it done.
         */
        AccountDeletion: {
            due_at: string | null;
            losses: components["schemas"]["Lost"][];
            requested_at: string | null;
            running_loans: number;
            /** @enum {unknown} */
            state: "cooling" | "none";
        };
        /**
         * BatchAnswer
         * @description What became of the events of a request; indexes count from 0 in it.
         */
        BatchAnswer: {
            accepted: number;
            duplicates: number;
            rejected: components["schemas"]["RejectedAnswer"][];
            suspended: components["schemas"]["SuspendedAnswer"][];
        };
        /**
         * BenefitExchange
         * @description What was exchanged; `experience` is what it cost. The grant is `issuing` while its supplier is asked.
         */
        BenefitExchange: {
            benefit: string;
            exchange_id: string;
            experience: number;
            grant: components["schemas"]["BenefitGrant"];
        };
        /**
         * BenefitGrant
         * @description A benefit this customer was granted; its code is shown by redeeming it. `substitute_id` is the grant that took
         *         the place of a voided one.
         */
        BenefitGrant: {
            benefit: string;
            face_value_fen: number;
            grant_id: string;
            granted_at: string;
            kind: components["schemas"]["BenefitKind"];
            name: string;
            redeemed_at: string | null;
            state: components["schemas"]["GrantState"];
            /** @default null */
            substitute_id?: string | null;
            valid_until: string;
        };
        /**
         * BenefitGrantPage
         * @description A page of benefits, newest first.
         */
        BenefitGrantPage: {
            items: components["schemas"]["BenefitGrant"][];
            next_cursor: string | null;
        };
        /**
         * BenefitGrantQuery
         * @description Filter and paging.
         */
        BenefitGrantQuery: {
            /** @default null */
            cursor?: string | null;
            /** @default 20 */
            limit?: number;
            /** @default null */
            state?: components["schemas"]["GrantState"] | null;
        };
        /**
         * BenefitKind
         * @description What a customer has of it.
         * @enum {unknown}
         */
        BenefitKind: "lounge" | "membership" | "offline_service" | "top_up" | "voucher_code";
        /**
         * BindingCodeSent
         * @description Until when the code holds.
         */
        BindingCodeSent: {
            expires_at: string;
        };
        /**
         * BoundIdentity
         * @description One bound WeChat; `name` is its openid, masked. `current`: this session came by it.
         */
        BoundIdentity: {
            bound_at: string;
            /** @enum {unknown} */
            channel: "wechat_h5" | "wechat_mini";
            current: boolean;
            identity_id: string;
            name: string;
        };
        /**
         * BoundIdentityList
         * @description Oldest binding first.
         */
        BoundIdentityList: {
            items: components["schemas"]["BoundIdentity"][];
        };
        /**
         * CardTold
         * @description A card: the core's token for it, never its number.
         */
        CardTold: {
            /** @default null */
            last4?: string | null;
            /** @default null */
            product?: string | null;
            /** @default null */
            token?: string | null;
        };
        /**
         * ChallengeAnswer
         * @description The code.
         */
        ChallengeAnswer: {
            code: string;
        };
        /**
         * ChallengeAnswered
         * @description Until when the action may be repeated.
         */
        ChallengeAnswered: {
            until: string;
        };
        /**
         * ChallengeCodeSent
         * @description Until when the code holds, and the masked phone it went to.
         */
        ChallengeCodeSent: {
            expires_at: string;
            phone: string;
        };
        /**
         * ChangeItem
         * @description One change; `data` names the task, claim, coupon or level.
         */
        ChangeItem: {
            data: Record<string, never>;
            event: string;
            id: string;
        };
        /**
         * Changes
         * @description Changes since `after`, oldest first; ask again after `last`.
         */
        Changes: {
            items: components["schemas"]["ChangeItem"][];
            last: string;
        };
        /**
         * ChangesQuery
         * @description `after`: the `last` of the previous answer; without it the answer only tells the present `last`.
         */
        ChangesQuery: {
            /** @default null */
            after?: number | null;
        };
        /**
         * Claim
         * @description A claim that was made; `state` is never available.
         */
        Claim: {
            claim_id: string;
            claimed_at: string;
            cycle: string;
            expires_at: string | null;
            /** @enum {unknown} */
            state: "available" | "claimed" | "completed" | "expired" | "rewarded";
            task: string;
        };
        /**
         * ClaimDetail
         * @description A claim with its progress.
         */
        ClaimDetail: {
            claim_id: string;
            claimed_at: string;
            cycle: string;
            expires_at: string | null;
            progress: components["schemas"]["TaskProgress"];
            /** @enum {unknown} */
            state: "available" | "claimed" | "completed" | "expired" | "rewarded";
            task: string;
        };
        /**
         * ClaimExplanation
         * @description A claim explained; `done` says whether its conditions together complete the task.
         */
        ClaimExplanation: {
            /**
             * @description The last time a new version of the task moved the progress
             * @example 11月20日 任务要求有调整，进度由 60% 变为 45%
             */
            changed: string | null;
            claim_id: string;
            conditions: components["schemas"]["ExplainedCondition"][];
            done: boolean;
            expires_at: string | null;
            task: string;
            /** @example 以下条件全部完成后，任务即完成 */
            text: string;
        };
        /**
         * ClaimRef
         * @description The claim of the present cycle.
         */
        ClaimRef: {
            claim_id: string;
            claimed_at: string;
            expires_at: string | null;
        };
        /**
         * Condition
         * @description One condition: `current` and `target` in `unit` (fen, times, days, merchants, done).
         */
        Condition: {
            current: number;
            done: boolean;
            label: string;
            target: number;
            /** @enum {unknown} */
            unit: "days" | "done" | "fen" | "merchants" | "times";
        };
        /**
         * ConfirmedCosts
         * @description The cost table exactly as it was confirmed, and for how many seconds it had been shown.
         */
        ConfirmedCosts: {
            confirmed_at: string;
            items: components["schemas"]["CostLine"][];
            reading_seconds: number;
            seconds: number;
            version: string;
        };
        /**
         * Consent
         * @description One purpose with its present text; `since` is null for who never decided. `outdated`: they decided on an older
         *         text.
         */
        Consent: {
            document_version: string;
            granted: boolean;
            outdated: boolean;
            purpose: components["schemas"]["Purpose"];
            since: string | null;
            text: string;
            title: string;
        };
        /**
         * ConsentChoice
         * @description Give or withdraw.
         */
        ConsentChoice: {
            granted: boolean;
        };
        /**
         * ConsentList
         * @description Every purpose.
         */
        ConsentList: {
            items: components["schemas"]["Consent"][];
        };
        /**
         * CostLine
         * @description One line of the cost table.
         */
        CostLine: {
            name: string;
            text: string;
        };
        /**
         * CostTable
         * @description All costs of the loan; it has to be shown for `reading_seconds` before it may be confirmed.
         */
        CostTable: {
            items: components["schemas"]["CostLine"][];
            reading_seconds: number;
            version: string;
        };
        /**
         * Coupon
         * @description A coupon; `unusable_reason` says why it cannot be used now, where it is unused and yet cannot.
         */
        Coupon: {
            coupon_id: string;
            kind: components["schemas"]["CouponKind"];
            name: string;
            state: components["schemas"]["CouponState"];
            template: string;
            /** @default null */
            unusable_reason?: string | null;
            use_rules: string[];
            valid_from: string;
            valid_until: string;
            value: components["schemas"]["CouponValue"];
        };
        /**
         * CouponChoice
         * @description A coupon, and why it cannot be used for this loan; only stackable ones can be used together.
         */
        CouponChoice: {
            coupon: components["schemas"]["Coupon"];
            reason: string | null;
            stackable: boolean;
            usable: boolean;
        };
        /**
         * CouponChoices
         * @description The customer's coupons, those that can be used first.
         */
        CouponChoices: {
            items: components["schemas"]["CouponChoice"][];
        };
        /**
         * CouponDetail
         * @description A coupon with its history, oldest first.
         */
        CouponDetail: {
            coupon_id: string;
            history: components["schemas"]["CouponStep"][];
            kind: components["schemas"]["CouponKind"];
            name: string;
            state: components["schemas"]["CouponState"];
            template: string;
            /** @default null */
            unusable_reason?: string | null;
            use_rules: string[];
            valid_from: string;
            valid_until: string;
            value: components["schemas"]["CouponValue"];
        };
        /**
         * CouponKind
         * @description What a coupon is worth something for.
         * @enum {unknown}
         */
        CouponKind: "interest_discount" | "interest_free_days" | "phone_credit" | "points" | "red_packet" | "repayment";
        /**
         * CouponOffer
         * @description A coupon of the centre as it stands for this customer.
         *
         *         `claimable` unless `reason` says why not; `left` is what there is for anybody today; `opens_in_seconds` counts down
         *         to an upcoming one; `per_person` is null where a person may have any number.
         */
        CouponOffer: {
            claimable: boolean;
            held: number;
            kind: components["schemas"]["CouponKind"];
            left: components["schemas"]["Left"];
            name: string;
            opens_in_seconds: number | null;
            per_person: number | null;
            reason: string | null;
            /**
             * @description `possible`: POST …/reminder tells this customer when it opens
             * @enum {unknown}
             */
            reminder: "none" | "possible" | "set";
            state: components["schemas"]["OfferState"];
            template: string;
            use_rules: string[];
            validity: string;
            value: components["schemas"]["CouponValue"];
        };
        /**
         * CouponOfferPage
         * @description A page of offers, the newest first.
         */
        CouponOfferPage: {
            items: components["schemas"]["CouponOffer"][];
            next_cursor: string | null;
        };
        /**
         * CouponPage
         * @description A page of coupons, newest first.
         */
        CouponPage: {
            items: components["schemas"]["Coupon"][];
            next_cursor: string | null;
        };
        /**
         * CouponQuery
         * @description Filter and paging.
         */
        CouponQuery: {
            /** @default null */
            cursor?: string | null;
            /** @default 20 */
            limit?: number;
            /** @default null */
            state?: components["schemas"]["CouponState"] | null;
        };
        /**
         * CouponReduction
         * @description What a coupon takes off in all; null while the core has not said.
         */
        CouponReduction: {
            coupon_id: string;
            reduction_fen: number | null;
        };
        /**
         * CouponState
         * @description Where a coupon is; a used one comes back only when its loan is cancelled, with its accounting entry reversed.
         * @enum {unknown}
         */
        CouponState: "expired" | "occupied" | "unused" | "used" | "voided";
        /**
         * CouponStep
         * @description A state the coupon reached, and when.
         */
        CouponStep: {
            at: string;
            state: components["schemas"]["CouponState"];
        };
        /**
         * CouponValue
         * @description What it is worth; which fields apply depends on the kind. `rate_off` is the share of the interest taken off the
         *         first `periods` instalments, at most `cap_fen`; points are counted in their own number.
         */
        CouponValue: {
            /** @default null */
            amount_fen?: number | null;
            /** @default null */
            cap_fen?: number | null;
            /** @default null */
            days?: number | null;
            /** @default null */
            periods?: number | null;
            /** @default null */
            points?: number | null;
            /** @default null */
            rate_off?: string | null;
        };
        /**
         * Cursor
         * @description Paging parameters of every list.
         */
        Cursor: {
            /** @default null */
            cursor?: string | null;
            /** @default 20 */
            limit?: number;
        };
        /**
         * DataExport
         * @description One file: `waiting` until the worker has written it, `ready` for seven days, then `expired`.
         */
        DataExport: {
            bytes: number | null;
            expires_at: string | null;
            export_id: string;
            ready_at: string | null;
            requested_at: string;
            /** @enum {unknown} */
            state: "expired" | "ready" | "waiting";
        };
        /**
         * DataExportList
         * @description Newest first.
         */
        DataExportList: {
            items: components["schemas"]["DataExport"][];
        };
        /**
         * DebtItem
         * @description A used reward whose condition was lost. `deducted`: later rewards pay for it, `settled_fen` so far; otherwise it
         *         is only on record. `written_off` is forgiven.
         */
        DebtItem: {
            amount_fen: number;
            closed_at: string | null;
            created_at: string;
            debt_id: string;
            deducted: boolean;
            reward: string;
            settled_fen: number;
            /** @enum {unknown} */
            state: "open" | "settled" | "written_off";
            task: string;
        };
        /**
         * DebtPage
         * @description A page of debts, newest first.
         */
        DebtPage: {
            items: components["schemas"]["DebtItem"][];
            next_cursor: string | null;
        };
        /**
         * Delivery
         * @description What stands in the address of a callback; WeChat may add to it.
         */
        Delivery: {
            /** @default null */
            msg_signature?: string | null;
            nonce: string;
            timestamp: string;
        };
        /**
         * Encrypted
         * @description The body of a callback; also as XML, `<xml><ToUserName/><Encrypt/></xml>`.
         */
        Encrypted: {
            Encrypt: string;
            ToUserName: string;
        };
        /**
         * EventBatch
         * @description The body of a request when every event in it is well formed.
         */
        EventBatch: {
            events: components["schemas"]["EventTold"][];
        };
        /**
         * EventTold
         * @description One event; a `status` event has `name` and `value` in its attributes.
         */
        EventTold: {
            /** @default 0 */
            amount_fen?: number;
            /** @default null */
            attributes?: Record<string, never> | null;
            /** @default null */
            auth_code?: string | null;
            /** @default null */
            card?: components["schemas"]["CardTold"] | null;
            /** @default null */
            channel?: string | null;
            /** @default null */
            currency?: string | null;
            customer_no: string;
            event_id: string;
            /** @default null */
            mcc?: string | null;
            /** @default null */
            merchant?: components["schemas"]["MerchantTold"] | null;
            /** Format: date-time */
            occurred_at: string;
            /** @default null */
            original_event_id?: string | null;
            type: string;
        };
        /**
         * ExchangeTerms
         * @description What an exchange costs, how often this customer has exchanged, and how often they may (null: without bound).
         */
        ExchangeTerms: {
            exchanged: number;
            experience: number;
            per_person: number | null;
        };
        /**
         * ExperienceEntry
         * @description Points earned, or below zero taken back.
         */
        ExperienceEntry: {
            amount: number;
            created_at: string;
            entry_id: string;
            title: string;
        };
        /**
         * ExperiencePage
         * @description A page of entries, newest first.
         */
        ExperiencePage: {
            items: components["schemas"]["ExperienceEntry"][];
            next_cursor: string | null;
        };
        /**
         * ExplainedCondition
         * @description One condition: `missing` is in `unit` and due before `until`; the lists hold the latest ten, newest first.
         */
        ExplainedCondition: {
            counted: components["schemas"]["Occurrence"][];
            /** @example 21350 */
            current: number;
            deducted: components["schemas"]["Occurrence"][];
            done: boolean;
            /** @example 领取后加油站消费满300元 */
            label: string;
            /** @example 8650 */
            missing: number;
            not_counted: components["schemas"]["Occurrence"][];
            /** @example 30000 */
            target: number;
            /** @example 领取后加油站消费还差 86.50 元 */
            text: string;
            /** @enum {unknown} */
            unit: "days" | "done" | "fen" | "merchants" | "times";
            until: string | null;
        };
        /**
         * GrantState
         * @description issuing → granted or failed, where the supplier issues; granted → redeeming → redeemed; expired; voided.
         * @enum {unknown}
         */
        GrantState: "expired" | "failed" | "granted" | "issuing" | "redeemed" | "redeeming" | "voided";
        /**
         * JsSdkConfig
         * @description What `wx.config` takes.
         */
        JsSdkConfig: {
            app_id: string;
            nonce: string;
            signature: string;
            timestamp: number;
        };
        /**
         * Left
         * @description How much is left: exact figures would be old before they are read.
         * @enum {unknown}
         */
        Left: "few" | "none" | "plenty";
        /**
         * LevelChange
         * @description The level changed or was renewed.
         */
        LevelChange: {
            after: number;
            at: string;
            before: number;
            /** @enum {unknown} */
            reason: "clawback" | "fall" | "renew" | "rise" | "table";
        };
        /**
         * LevelGift
         * @description What rising to a level earns, once a period.
         */
        LevelGift: {
            amount: number;
            /** @enum {unknown} */
            kind: "benefit" | "coupon" | "experience";
            name: string;
        };
        /**
         * LevelKeep
         * @description What keeps the level held, and by when.
         */
        LevelKeep: {
            by: string;
            earned: number;
            missing: number;
            needed: number;
        };
        /**
         * LevelNow
         * @description The level held and what is missing for the next; both null at the top.
         */
        LevelNow: {
            missing: number | null;
            name: string;
            next_threshold: number | null;
            rank: number;
        };
        /**
         * LevelRow
         * @description A row of the table; `reached` also for the levels below the current one. `benefits` are its holders' as long as
         *         they hold it, `gifts` are for rising to it, `keep` is what has to be earned within each period to keep it.
         */
        LevelRow: {
            benefits: string[];
            current: boolean;
            gifts: components["schemas"]["LevelGift"][];
            keep: number | null;
            name: string;
            picture: string;
            rank: number;
            reached: boolean;
            threshold: number;
        };
        /**
         * LevelStanding
         * @description The level table in force and where this customer stands in it; `next` is null at the top.
         */
        LevelStanding: {
            changes: components["schemas"]["LevelChange"][];
            current: components["schemas"]["LevelStep"];
            experience: number;
            holds_until: string | null;
            keep: components["schemas"]["LevelKeep"] | null;
            levels: components["schemas"]["LevelRow"][];
            next: components["schemas"]["NextLevel"] | null;
            table: string;
            version: number;
        };
        /**
         * LevelStep
         * @description A level and what it asks for.
         */
        LevelStep: {
            name: string;
            rank: number;
            threshold: number;
        };
        /**
         * Loan
         * @description A loan as it was applied for; `coupon_id` is the first of its coupons; `reason` says why it was declined.
         */
        Loan: {
            amount_fen: number;
            coupon_id: string | null;
            coupons: components["schemas"]["CouponReduction"][];
            loan_id: string;
            /** @enum {unknown} */
            method: "equal_instalment" | "equal_principal" | "interest_first" | "per_day";
            periods: number;
            reason: string | null;
            state: components["schemas"]["LoanState"];
        };
        /**
         * LoanPlan
         * @description The repayment plan of a disbursed loan.
         */
        LoanPlan: {
            plan: components["schemas"]["PlanLine"][];
        };
        /**
         * LoanQuery
         * @description What the customer would borrow.
         */
        LoanQuery: {
            /** @description CNY in fen (1/100 yuan) */
            amount_fen: number;
            /** @enum {unknown} */
            method: "equal_instalment" | "equal_principal" | "interest_first" | "per_day";
            /** @description Monthly periods */
            periods: number;
        };
        /**
         * LoanRef
         * @description An application and where it is.
         */
        LoanRef: {
            loan_id: string;
            state: components["schemas"]["LoanState"];
        };
        /**
         * LoanState
         * @description Where an application is. The core decides; a disbursed loan may be cancelled within the core's cooling-off, as if
         *         it had never been, or repaid early.
         * @enum {unknown}
         */
        LoanState: "cancelled" | "declined" | "disbursed" | "processing" | "repaid_early";
        /**
         * Lost
         * @description What is gone afterwards.
         */
        Lost: {
            amount: number;
            /** @enum {unknown} */
            kind: "benefit" | "coupon" | "experience" | "task";
            name: string;
        };
        /**
         * Mall
         * @description A page of benefits; `experience` is what this customer can spend.
         */
        Mall: {
            experience: number;
            items: components["schemas"]["MallBenefit"][];
            next_cursor: string | null;
        };
        /**
         * MallBenefit
         * @description A benefit on offer; it is valid for `valid_days` from the grant, or until `valid_until`.
         */
        MallBenefit: {
            benefit: string;
            exchange: components["schemas"]["ExchangeTerms"] | null;
            face_value_fen: number;
            how_to_use: string;
            kind: components["schemas"]["BenefitKind"];
            name: string;
            sold_out: boolean;
            supplier: string;
            valid_days: number | null;
            valid_until: string | null;
            ways: components["schemas"]["WayTo"][];
        };
        /**
         * Me
         * @description The customer as their own pages show them; the name is masked. `privacy_agreed`: to the present text.
         */
        Me: {
            bound: boolean;
            customer_id: string;
            experience: number;
            level: components["schemas"]["LevelNow"];
            name: string;
            privacy_agreed: boolean;
            /** @enum {unknown} */
            stage: "base" | "credit" | "payer" | "wealth";
        };
        /**
         * MerchantTold
         * @description Where the card was used.
         */
        MerchantTold: {
            /** @default null */
            id?: string | null;
            /** @default null */
            name?: string | null;
        };
        /**
         * Message
         * @description A message; `link` is the page of ours it leads to.
         */
        Message: {
            body: string;
            /** @enum {unknown} */
            category: "marketing" | "service";
            created_at: string;
            link: string | null;
            message_id: string;
            read_at: string | null;
            title: string;
        };
        /**
         * MessagePage
         * @description A page of messages, newest first; `unread` counts all that wait to be read.
         */
        MessagePage: {
            items: components["schemas"]["Message"][];
            next_cursor: string | null;
            unread: number;
        };
        /**
         * MessageQuery
         * @description Filter and paging.
         */
        MessageQuery: {
            /** @default null */
            cursor?: string | null;
            /** @default 20 */
            limit?: number;
            /** @default false */
            unread?: boolean;
        };
        /**
         * NewAccountDeletion
         * @description The customer typed what they want.
         */
        NewAccountDeletion: {
            /** @enum {unknown} */
            confirm: "注销";
        };
        /**
         * NewBinding
         * @description The card's last four digits, and proof of its holder's phone: WeChat's phone code or the code we sent.
         *
         *         `come_back`: whose account was deleted begins anew.
         */
        NewBinding: {
            card_last4: string;
            /** @default false */
            come_back?: boolean;
            /** @default null */
            otp?: string | null;
            /** @default null */
            phone_code?: string | null;
        };
        /**
         * NewBindingCode
         * @description Where to send the code.
         */
        NewBindingCode: {
            /** @description A mainland mobile number */
            phone: string;
        };
        /**
         * NewLoan
         * @description The trial, and the cost table the customer has read: its version, and for how many seconds it was shown.
         */
        NewLoan: {
            /** @description CNY in fen (1/100 yuan) */
            amount_fen: number;
            cost_table_seconds: number;
            cost_table_version: string;
            /** @default null */
            coupon_id?: string | null;
            /** @default [] */
            coupon_ids?: string[];
            /** @enum {unknown} */
            method: "equal_instalment" | "equal_principal" | "interest_first" | "per_day";
            /** @description Monthly periods */
            periods: number;
        };
        /**
         * NewSession
         * @description A ticket of the bank's app or a one-time code that stands for one, or a login code of WeChat; in its browser also
         *         the state that went there.
         *
         *         `come_back`: whose account was deleted begins anew.
         */
        NewSession: {
            /** @enum {unknown} */
            channel: "bank_app" | "wechat_h5" | "wechat_mini";
            /** @default null */
            code?: string | null;
            /** @default false */
            come_back?: boolean;
            /** @default null */
            state?: string | null;
            /** @default null */
            ticket?: string | null;
        };
        /**
         * NewTrial
         * @description What the customer would borrow, with which coupon, or which coupons in which order: all of several must be
         *         stackable.
         */
        NewTrial: {
            /** @description CNY in fen (1/100 yuan) */
            amount_fen: number;
            /** @default null */
            coupon_id?: string | null;
            /** @default [] */
            coupon_ids?: string[];
            /** @enum {unknown} */
            method: "equal_instalment" | "equal_principal" | "interest_first" | "per_day";
            /** @description Monthly periods */
            periods: number;
        };
        /**
         * NextLevel
         * @description The level above, and what is missing for it.
         */
        NextLevel: {
            missing: number;
            name: string;
            rank: number;
            threshold: number;
        };
        /**
         * NoticeBatch
         * @description The body of a request.
         */
        NoticeBatch: {
            notices: components["schemas"]["NoticeTold"][];
        };
        /**
         * NoticeRejected
         * @description A notice that is of no loan of ours.
         */
        NoticeRejected: {
            code: string;
            index: number;
            notice_id: string;
        };
        /**
         * NoticesAnswer
         * @description What became of the notices of a request; a duplicate said what we knew.
         */
        NoticesAnswer: {
            accepted: number;
            duplicates: number;
            rejected: components["schemas"]["NoticeRejected"][];
        };
        /**
         * NoticeTold
         * @description What a loan is now, under our request number. `reductions` are those of a loan that is `disbursed` or
         *         `repaid_early`, as they stand; a coupon that is not named took nothing off.
         */
        NoticeTold: {
            notice_id: string;
            /** Format: date-time */
            occurred_at: string;
            /** @default null */
            reason?: string | null;
            /** @default [] */
            reductions?: components["schemas"]["ReductionTold"][];
            request_no: string;
            /** @enum {unknown} */
            state: "cancelled" | "declined" | "disbursed" | "repaid_early";
        };
        /**
         * Occurrence
         * @description A transaction, or something the customer did, and what became of it. `amount_fen` is net of refunds.
         */
        Occurrence: {
            /**
             * @description CNY in fen; null without money
             * @example 21350
             */
            amount_fen: number | null;
            /** @description counted and partly_refunded counted, deducted came off, all others did not count */
            code: components["schemas"]["Outcome"];
            /** @example 壳牌 */
            merchant: string | null;
            occurred_at: string;
            /** @example 11月3日 的消费未计入：商户类别不符 */
            text: string;
        };
        /**
         * OfferQuery
         * @description Paging.
         */
        OfferQuery: {
            /** @default null */
            cursor?: string | null;
            /** @default 20 */
            limit?: number;
        };
        /**
         * OfferState
         * @description What a customer can do about an offer now.
         * @enum {unknown}
         */
        OfferState: "claimed" | "open" | "out" | "out_today" | "upcoming";
        /**
         * Outcome
         * @description The first two counted, and `deducted` came off; everything else did not count.
         * @enum {unknown}
         */
        Outcome: "after_completion" | "after_expiry" | "after_window" | "amount_differs" | "amount_too_large" | "amount_too_small" | "arrived_late" | "before_claim" | "before_window" | "below_threshold" | "card_product" | "channel" | "counted" | "day_counted" | "deducted" | "hour" | "mcc" | "mcc_excluded" | "merchant" | "merchant_counted" | "merchant_unknown" | "not_largest" | "partly_refunded" | "refunded" | "region" | "scope" | "status_changed" | "status_differs" | "status_known" | "wallet" | "weekday";
        /**
         * PageAddress
         * @description The page that wants to use WeChat's JavaScript, as its browser shows it.
         */
        PageAddress: {
            url: string;
        };
        /**
         * ParkedAnswer
         * @description A usage that brought no grant forward; kept, and listed for operators.
         */
        ParkedAnswer: {
            code: string;
            index: number;
            usage_no: string;
        };
        /**
         * PathStep
         * @description A task of the same chain or pool. One this customer has no page of yet has no code, and one that is not for them
         *         no name either. `choice`: one of several that may follow.
         */
        PathStep: {
            choice: boolean;
            name: string | null;
            /** @enum {unknown} */
            state: "done" | "expired" | "next" | "now";
            task: string | null;
        };
        /**
         * PlanLine
         * @description One instalment; `total_fen` = principal + interest - reduction.
         */
        PlanLine: {
            /** Format: date */
            due_date: string;
            interest_fen: number;
            no: number;
            principal_fen: number;
            reduction_fen: number;
            total_fen: number;
        };
        /**
         * Problem
         * @description RFC 9457 problem details; `about` is what a program needs to go on, by name.
         */
        Problem: {
            /** @default null */
            about?: {
                [key: string]: string;
            } | null;
            code: string;
            detail: string;
            /** @default null */
            errors?: components["schemas"]["ProblemFault"][] | null;
            status: number;
            title: string;
            trace_id: string;
            type: string;
        };
        /**
         * ProblemFault
         * @description One fault of the input.
         */
        ProblemFault: {
            code: string;
            detail: string;
            path: string;
        };
        /**
         * Purpose
         * @description Each is asked for by itself; nothing follows from another.
         * @enum {unknown}
         */
        Purpose: "marketing.push" | "marketing.sms" | "marketing.wechat" | "personalisation" | "privacy";
        /**
         * ReceiptBatch
         * @description Receipts in any order.
         */
        ReceiptBatch: {
            receipts: components["schemas"]["ReceiptTold"][];
        };
        /**
         * ReceiptTold
         * @description What became of the message `message_id`; `reason` is the gateway's own word.
         */
        ReceiptTold: {
            /** Format: date-time */
            at: string;
            message_id: string;
            /** @default null */
            reason?: string | null;
            /** @enum {unknown} */
            status: "delivered" | "failed";
        };
        /**
         * Redemption
         * @description `code` is null for a benefit that needs none.
         */
        Redemption: {
            code: string | null;
            grant: components["schemas"]["BenefitGrant"];
            how_to_use: string;
        };
        /**
         * ReductionTold
         * @description What a coupon really took off the interest.
         */
        ReductionTold: {
            amount_fen: number;
            coupon_no: string;
        };
        /**
         * RejectedAnswer
         * @description An event that was not taken, and the place inside it that is wrong.
         */
        RejectedAnswer: {
            code: string;
            detail: string;
            index: number;
            path: string;
        };
        /**
         * RejectedUsage
         * @description A usage that was not taken, and the place inside it that is wrong.
         */
        RejectedUsage: {
            code: string;
            detail: string;
            index: number;
            path: string;
        };
        /**
         * Reminder
         * @description The customer will be told when coupons of `template` can be had: at `opens_at`, unless that is moved.
         */
        Reminder: {
            opens_at: string;
            template: string;
        };
        /**
         * ReplyBatch
         * @description Replies in any order.
         */
        ReplyBatch: {
            replies: components["schemas"]["ReplyTold"][];
        };
        /**
         * ReplyTold
         * @description What a phone wrote back; the same `reply_id` is the same reply.
         */
        ReplyTold: {
            /** Format: date-time */
            at: string;
            phone: string;
            reply_id: string;
            text: string;
        };
        /**
         * Session
         * @description The bearer token, until when it holds, and whose it is. Browsers also get it as a cookie.
         *
         *         `page` is the one a browser asked for before it went to WeChat.
         */
        Session: {
            customer: components["schemas"]["Me"];
            expires_at: string;
            /** @default null */
            page?: string | null;
            token: string;
        };
        /**
         * StreamQuery
         * @description `after`: as `Last-Event-ID`, for a page that opens the stream anew by itself; the header wins.
         */
        StreamQuery: {
            /** @default null */
            after?: number | null;
        };
        /**
         * SuspendedAnswer
         * @description A repeat of a known event with different content; parked for operators.
         */
        SuspendedAnswer: {
            code: string;
            event_id: string;
            index: number;
        };
        /**
         * TakenAnswer
         * @description All are durable; so many were new, the others had been told before.
         */
        TakenAnswer: {
            accepted: number;
            duplicates: number;
        };
        /**
         * Task
         * @description A task with what this customer has done of it.
         */
        Task: {
            claim: components["schemas"]["ClaimRef"] | null;
            /** @enum {unknown} */
            claim_mode: "automatic" | "manual";
            /** @enum {unknown} */
            kind: "daily" | "growth" | "newcomer";
            name: string;
            offered: boolean;
            progress: components["schemas"]["TaskProgress"];
            rewards: components["schemas"]["TaskReward"][];
            /** @enum {unknown} */
            state: "available" | "claimed" | "completed" | "expired" | "rewarded";
            summary: string;
            task: string;
        };
        /**
         * TaskDetail
         * @description All of a task.
         */
        TaskDetail: {
            claim: components["schemas"]["ClaimRef"] | null;
            /** @enum {unknown} */
            claim_mode: "automatic" | "manual";
            /** @default null */
            days_to_finish?: number | null;
            description: string;
            /** @default null */
            from?: string | null;
            /** @enum {unknown} */
            kind: "daily" | "growth" | "newcomer";
            name: string;
            offered: boolean;
            /** @default [] */
            path?: components["schemas"]["PathStep"][];
            progress: components["schemas"]["TaskProgress"];
            rewards: components["schemas"]["TaskReward"][];
            /** @enum {unknown} */
            state: "available" | "claimed" | "completed" | "expired" | "rewarded";
            summary: string;
            task: string;
            /** @default null */
            until?: string | null;
        };
        /**
         * TaskPage
         * @description A page of tasks.
         */
        TaskPage: {
            items: components["schemas"]["Task"][];
            next_cursor: string | null;
        };
        /**
         * TaskProgress
         * @description How far all of it is; 100 only when done. `rule` says how several conditions belong together.
         */
        TaskProgress: {
            conditions: components["schemas"]["Condition"][];
            percent: number;
            rule: string;
        };
        /**
         * TaskQuery
         * @description Filter and paging.
         */
        TaskQuery: {
            /** @default null */
            cursor?: string | null;
            /** @default 100 */
            limit?: number;
            /** @default null */
            state?: ("available" | "claimed" | "completed" | "expired" | "rewarded") | null;
        };
        /**
         * TaskReward
         * @description What completing it earns.
         */
        TaskReward: {
            amount: number;
            /** @enum {unknown} */
            kind: "benefit" | "coupon" | "experience";
            name: string;
        };
        /**
         * Trial
         * @description The plan with the coupons; rates in percent a year, by IRR, without and with them.
         */
        Trial: {
            apr_after: string;
            apr_before: string;
            cost_table: components["schemas"]["CostTable"];
            coupons: components["schemas"]["CouponReduction"][];
            interest_fen: number;
            plan: components["schemas"]["PlanLine"][];
            reduction_fen: number;
        };
        /**
         * UsageAnswer
         * @description What became of the usages of a callback; indexes count from 0 in it.
         */
        UsageAnswer: {
            accepted: number;
            duplicates: number;
            parked: components["schemas"]["ParkedAnswer"][];
            rejected: components["schemas"]["RejectedUsage"][];
        };
        /**
         * UsageBatch
         * @description The body of a callback when every usage in it is well formed.
         */
        UsageBatch: {
            usages: components["schemas"]["UsageTold"][];
        };
        /**
         * UsageTold
         * @description One usage: of exactly one of a request and a code. `usage_no` is the supplier's own number of it, for ever.
         */
        UsageTold: {
            /** @default null */
            code?: string | null;
            /** @default null */
            cost_fen?: number | null;
            /** @default null */
            request_no?: string | null;
            usage_no: string;
            /** Format: date-time */
            used_at: string;
        };
        /**
         * Verification
         * @description How WeChat asks whether the address is ours: it wants `echostr` back.
         */
        Verification: {
            echostr: string;
            /** @default null */
            msg_signature?: string | null;
            nonce: string;
            /** @default null */
            signature?: string | null;
            timestamp: string;
        };
        /**
         * WayTo
         * @description Another way to the benefit: `task` by its code, `level` by its rank.
         */
        WayTo: {
            /** @enum {unknown} */
            kind: "level" | "task";
            name: string;
            target: string;
        };
        /**
         * WayToWeChat
         * @description Where to go on afterwards; `userinfo` asks the person, `base` does not.
         */
        WayToWeChat: {
            /**
             * @description A page of ours, from the root of `/h5`
             * @default /tasks
             */
            page?: string;
            /**
             * @default base
             * @enum {unknown}
             */
            scope?: "base" | "userinfo";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    read_account_deletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDeletion"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_account_deletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "confirm": "注销"
                 *     }
                 */
                "application/json": components["schemas"]["NewAccountDeletion"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDeletion"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountDeletion"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_account_deletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_benefit_grants: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: components["schemas"]["GrantState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BenefitGrantPage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeem_benefit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                grant_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redemption"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_mall: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mall"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exchange_benefit: {
        parameters: {
            query?: never;
            header: {
                "Idempotency-Key": string;
                "X-Device-Id"?: string;
            };
            path: {
                benefit: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BenefitExchange"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BenefitExchange"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_binding_code: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phone": "13800000001"
                 *     }
                 */
                "application/json": components["schemas"]["NewBindingCode"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingCodeSent"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bind: {
        parameters: {
            query?: never;
            header?: {
                "X-Device-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "card_last4": "5770",
                 *       "otp": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["NewBinding"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    answer_challenge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                challenge_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["ChallengeAnswer"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChallengeAnswered"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_challenge_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                challenge_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChallengeCodeSent"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_changes: {
        parameters: {
            query?: {
                after?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changes"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_claim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                claim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimDetail"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explain_claim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                claim_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimExplanation"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_consents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentList"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decide_consent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                purpose: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "granted": false
                 *     }
                 */
                "application/json": components["schemas"]["ConsentChoice"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Consent"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_coupon_offers: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CouponOfferPage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    claim_coupon: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
                "X-Device-Id"?: string;
            };
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Coupon"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Coupon"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remind_of_coupon_offer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reminder"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reminder"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_coupons: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: components["schemas"]["CouponState"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CouponPage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_coupon: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                coupon_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CouponDetail"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_data_exports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataExportList"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    request_data_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataExport"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataExport"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    download_data_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                export_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_debts: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DebtPage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_experience: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperiencePage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_identities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BoundIdentityList"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unbind_identity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                identity_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_js_sdk_config: {
        parameters: {
            query: {
                url: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsSdkConfig"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_level: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LevelStanding"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    try_loan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount_fen": 1200000,
                 *       "periods": 12,
                 *       "method": "equal_instalment",
                 *       "coupon_id": "17"
                 *     }
                 */
                "application/json": components["schemas"]["NewTrial"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trial"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_coupon_choices: {
        parameters: {
            query: {
                amount_fen: number;
                method: "equal_instalment" | "equal_principal" | "interest_first" | "per_day";
                periods: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CouponChoices"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_for_loan: {
        parameters: {
            query?: never;
            header: {
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount_fen": 1200000,
                 *       "periods": 12,
                 *       "method": "equal_instalment",
                 *       "coupon_id": "17",
                 *       "cost_table_version": "5f0c6a3b9d21e874",
                 *       "cost_table_seconds": 8
                 *     }
                 */
                "application/json": components["schemas"]["NewLoan"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoanRef"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_loan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                loan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Loan"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_confirmed_costs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                loan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfirmedCosts"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_loan_plan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                loan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoanPlan"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Against a rule of the business */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_messages: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                unread?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagePage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                message_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_all_messages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: {
                "X-Device-Id"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "channel": "bank_app",
                 *       "ticket": "eyJhbGciOiJSUzI1NiJ9…"
                 *     }
                 */
                "application/json": components["schemas"]["NewSession"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: {
                after?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tasks: {
        parameters: {
            query?: {
                cursor?: string | null;
                limit?: number;
                state?: ("available" | "claimed" | "completed" | "expired" | "rewarded") | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    read_task: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskDetail"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    claim_task: {
        parameters: {
            query?: never;
            header?: {
                "X-Device-Id"?: string;
            };
            path: {
                task: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict with the present state */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    go_to_wechat: {
        parameters: {
            query?: {
                page?: string;
                scope?: "base" | "userinfo";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Go on there */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_events: {
        parameters: {
            query?: never;
            header: {
                "X-Nonce": string;
                "X-Partner": string;
                "X-Signature": string;
                "X-Timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventBatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchAnswer"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_notices: {
        parameters: {
            query?: never;
            header: {
                "X-Nonce": string;
                "X-Partner": string;
                "X-Signature": string;
                "X-Timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeBatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticesAnswer"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_push_receipts: {
        parameters: {
            query?: never;
            header: {
                "X-Nonce": string;
                "X-Partner": string;
                "X-Signature": string;
                "X-Timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReceiptBatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenAnswer"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_sms_receipts: {
        parameters: {
            query?: never;
            header: {
                "X-Nonce": string;
                "X-Partner": string;
                "X-Signature": string;
                "X-Timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReceiptBatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenAnswer"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_replies: {
        parameters: {
            query?: never;
            header: {
                "X-Nonce": string;
                "X-Partner": string;
                "X-Signature": string;
                "X-Timestamp": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplyBatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenAnswer"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_usage: {
        parameters: {
            query?: never;
            header: {
                "X-Nonce": string;
                "X-Partner": string;
                "X-Signature": string;
                "X-Timestamp": string;
            };
            path: {
                supplier: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UsageBatch"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageAnswer"];
                };
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_address: {
        parameters: {
            query: {
                echostr: string;
                msg_signature?: string | null;
                nonce: string;
                signature?: string | null;
                timestamp: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    receive_callback: {
        parameters: {
            query: {
                msg_signature?: string | null;
                nonce: string;
                timestamp: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Encrypted"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Malformed request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unavailable, try again */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
