//! FOAF: people, organisations and how to reach them.

vocabulary! {
    "http://xmlns.com/foaf/0.1/";
    /// Someone or something that acts.
    AGENT = "Agent";
    /// A person.
    PERSON = "Person";
    /// An organisation.
    ORGANIZATION = "Organization";
    /// A group of agents.
    GROUP = "Group";
    /// A document.
    DOCUMENT = "Document";
    /// A name.
    NAME = "name";
    /// A given name.
    GIVEN_NAME = "givenName";
    /// A family name.
    FAMILY_NAME = "familyName";
    /// A nickname or user name.
    NICK = "nick";
    /// A mailbox, as a mailto: IRI.
    MBOX = "mbox";
    /// A home page.
    HOMEPAGE = "homepage";
    /// A page about something.
    PAGE = "page";
    /// Links an agent to an online account.
    ACCOUNT = "account";
    /// The name of an online account.
    ACCOUNT_NAME = "accountName";
    /// Links a group to a member.
    MEMBER = "member";
    /// What a document is mainly about.
    PRIMARY_TOPIC = "primaryTopic";
}
