//! vCard: contacts of people and organisations.

vocabulary! {
    "http://www.w3.org/2006/vcard/ns#";
    /// Any kind of contact.
    KIND = "Kind";
    /// A person.
    INDIVIDUAL = "Individual";
    /// An organisation.
    ORGANIZATION = "Organization";
    /// A group.
    GROUP = "Group";
    /// The full name.
    FN = "fn";
    /// An e-mail address, as a mailto: IRI.
    HAS_EMAIL = "hasEmail";
    /// A telephone number, as a tel: IRI.
    HAS_TELEPHONE = "hasTelephone";
    /// A page about the contact.
    HAS_URL = "hasURL";
    /// An e-mail address in its old form.
    EMAIL = "email";
    /// The name of the organisation.
    ORGANIZATION_NAME = "organization-name";
    /// The role of the contact.
    ROLE = "role";
    /// The job title of the contact.
    TITLE = "title";
    /// A nickname.
    NICKNAME = "nickname";
    /// A note about the contact.
    NOTE = "note";
}
