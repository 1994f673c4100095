//! A case's files, and where each is fetched from.

use serde_json::Value;
use url::Url;

use super::HydraPortal;
use crate::http::{Call, Download};
use crate::portal::Attachment;
use crate::portal::wire::{flag, text};
use crate::{ClientError, ErrorKind};

const LIST: &str = "GET /cases/{number}/attachments/";
const FILE: &str = "GET link of an attachment";

pub(super) async fn list(portal: &HydraPortal, number: &str) -> Result<Vec<Attachment>, ClientError> {
    // The slash at the end belongs to the address.
    let call = Call::get(LIST, ["cases", number, "attachments", ""]);
    let files: Vec<Value> = portal.upstream.json(call).await?;
    Ok(files.iter().filter_map(|file| attachment(number, file)).collect())
}

/// One that was taken back is none any more.
fn attachment(number: &str, file: &Value) -> Option<Attachment> {
    if flag(file, "isDeprecated") == Some(true) {
        return None;
    }
    let name = file.get("fileName").and_then(Value::as_str).unwrap_or_default();
    let size = file.get("size").and_then(|size| size.as_u64().or_else(|| size.as_str()?.trim().parse().ok()));
    Some(Attachment {
        case: number.into(),
        uuid: text(file, "uuid").or_else(|| text(file, "id"))?,
        file_name: name.into(),
        link: text(file, "link"),
        size,
        checksum: text(file, "checksum"),
        created: text(file, "createdDate"),
    })
}

pub(super) async fn download(
    portal: &HydraPortal,
    file: &Attachment,
    from: u64,
) -> Result<Download, ClientError> {
    let link = file.link.as_deref().and_then(|link| portal.upstream.base().join(link).ok());
    let link: Url = link.ok_or_else(|| {
        let what = format!("attachment {} has no link to fetch it from", file.uuid);
        portal.upstream.unsent(FILE, ErrorKind::Invalid { what })
    })?;
    portal.upstream.download(FILE, &link, from).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_read_whatever_their_members_are() {
        let file = attachment(
            "1",
            &json!({"uuid": "u", "fileName": "../x", "size": "12", "link": "https://x.example/", "checksum": "ab"}),
        );
        let file = file.unwrap();
        assert_eq!((file.file_name.as_str(), file.size), ("../x", Some(12)));
        let bare = attachment("1", &json!({"id": 7, "fileName": null})).unwrap();
        assert_eq!((bare.uuid.as_str(), bare.file_name.as_str(), bare.size), ("7", "", None));
        assert_eq!(attachment("1", &json!({"uuid": "u", "isDeprecated": true})), None);
        assert_eq!(attachment("1", &json!({"fileName": "x"})), None);
    }
}
