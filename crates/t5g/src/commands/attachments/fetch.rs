//! One file: what of it is here, the rest of it from the portal, whether it is what it should be, and its name.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::time::Duration;

use anyhow::{Context as _, Error, Result, anyhow, bail};
use t5g_clients::ClientError;
use t5g_clients::portal::{Attachment, Portal};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::checksum::Checksum;
use super::folder::Folder;
use super::show::Show;

/// Attempts in a row that brought nothing, before it is given up for now.
const FRUITLESS: u32 = 5;
/// The wait after the first of them; each further one is twice as long.
const WAIT: Duration = Duration::from_millis(500);
/// How much is read at once of what is here.
const PIECE: usize = 1 << 20;

/// A file that is here and what it should be.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) bytes: u64,
    /// What it was compared with.
    pub(super) checked: &'static str,
    was_here: bool,
}

impl Fetched {
    pub(super) fn word(&self) -> &'static str {
        if self.was_here { "was here" } else { "fetched" }
    }
}

/// What is here of a file: its size, and its checksum so far if one is of use.
struct Here {
    bytes: u64,
    sum: Option<Checksum>,
}

impl Here {
    fn nothing(told: &Attachment) -> Self {
        Self { bytes: 0, sum: told.checksum.as_deref().and_then(Checksum::like) }
    }
}

/// How an attempt ended that came to the end of the file.
enum End {
    Good(Fetched),
    /// It is not what it should be.
    Bad {
        why: Error,
        resumed: bool,
    },
}

/// Fetches what is missing of the file. The part is kept when it fails in a way that passes, for the next time.
pub(super) async fn file(
    portal: &dyn Portal,
    told: &Attachment,
    folder: &Folder,
    name: &str,
    show: &Show,
) -> Result<Fetched> {
    if let Some(whole) = folder.whole(name)? {
        let (_, here) = measure(whole, told).await?;
        let bytes = here.bytes;
        let checked = check(told, here);
        let checked = checked.context("another file of that name is here already; it is not overwritten")?;
        return Ok(Fetched { bytes, checked, was_here: true });
    }
    let end = match to_the_end(portal, told, folder, name, show).await? {
        // What was here may have been of another file: once more, from the beginning.
        End::Bad { why, resumed: true } => {
            show.again(&format!("{why:#}"));
            folder.discard(name)?;
            to_the_end(portal, told, folder, name, show).await?
        }
        end => end,
    };
    match end {
        End::Good(fetched) => Ok(fetched),
        End::Bad { why, .. } => {
            folder.discard(name)?;
            Err(why)
        }
    }
}

async fn to_the_end(
    portal: &dyn Portal,
    told: &Attachment,
    folder: &Folder,
    name: &str,
    show: &Show,
) -> Result<End> {
    let (part, mut here) = measure(folder.part(name)?, told).await?;
    let resumed = here.bytes > 0;
    let mut part = tokio::fs::File::from_std(part);
    let result = rest(portal, told, &mut part, &mut here, show).await;
    // Also where it failed: what was written is there for the next time.
    part.sync_all().await.context("what was fetched cannot be kept")?;
    if let Err(error) = result {
        if here.bytes == 0 {
            folder.discard(name)?;
        }
        return Err(error);
    }
    let bytes = here.bytes;
    Ok(match check(told, here) {
        Ok(checked) => {
            folder.finish(name)?;
            End::Good(Fetched { bytes, checked, was_here: false })
        }
        Err(why) => End::Bad { why, resumed },
    })
}

/// The rest of the file, over as many connections as it takes.
async fn rest(
    portal: &dyn Portal,
    told: &Attachment,
    part: &mut tokio::fs::File,
    here: &mut Here,
    show: &Show,
) -> Result<()> {
    let mut fruitless = 0;
    loop {
        let before = here.bytes;
        let error = match pour(portal, told, part, here, show).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let passing = error.downcast_ref::<ClientError>().is_some_and(ClientError::is_transient);
        fruitless = if here.bytes > before { 0 } else { fruitless + 1 };
        if !passing || fruitless >= FRUITLESS {
            return Err(error);
        }
        show.again(&error.to_string());
        tokio::time::sleep(WAIT * 2_u32.pow(fruitless)).await;
    }
}

/// What one connection brings.
async fn pour(
    portal: &dyn Portal,
    told: &Attachment,
    part: &mut tokio::fs::File,
    here: &mut Here,
    show: &Show,
) -> Result<()> {
    // All of it is here, or more than there should be, which the comparison tells.
    if here.bytes > 0 && told.size.is_some_and(|size| here.bytes >= size) {
        return Ok(());
    }
    let mut download = portal.download(told, here.bytes).await?;
    if download.from != here.bytes {
        // It gives files only as a whole.
        part.set_len(0).await?;
        part.rewind().await?;
        *here = Here::nothing(told);
    }
    while let Some(piece) = download.piece().await? {
        let bytes = here.bytes + piece.len() as u64;
        if let Some(size) = told.size.filter(|size| bytes > *size) {
            bail!("more than its {size} bytes came");
        }
        part.write_all(&piece).await.context("it cannot be written")?;
        if let Some(sum) = &mut here.sum {
            sum.update(&piece);
        }
        here.bytes = bytes;
        show.at(bytes);
    }
    part.flush().await.context("it cannot be written")
}

/// What is here of a file, which stands at its end afterwards.
async fn measure(mut file: File, told: &Attachment) -> Result<(File, Here)> {
    let mut here = Here::nothing(told);
    let size = told.size;
    tokio::task::spawn_blocking(move || {
        let bytes = file.metadata()?.len();
        here.bytes = bytes;
        if size.is_some_and(|size| bytes > size) || here.sum.is_none() {
            // Which of the two it is, the comparison says.
            file.seek(std::io::SeekFrom::End(0))?;
            return Ok((file, here));
        }
        let mut buffer = vec![0; PIECE];
        here.bytes = 0;
        loop {
            let count = file.read(&mut buffer)?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
                return Ok((file, here));
            };
            if let Some(sum) = &mut here.sum {
                sum.update(piece);
            }
            here.bytes += count as u64;
        }
    })
    .await
    .map_err(|_| anyhow!("looking at what is here broke off"))?
}

/// Compares with what the portal says; what could be compared.
fn check(told: &Attachment, here: Here) -> Result<&'static str> {
    if let Some(size) = told.size.filter(|size| *size != here.bytes) {
        bail!("it has {} bytes and should have {size}", here.bytes);
    }
    let should = told.checksum.as_deref().map(str::trim);
    if let (Some(sum), Some(should)) = (here.sum, should) {
        let is = sum.digits();
        if !is.eq_ignore_ascii_case(should) {
            bail!("its checksum is {is} and should be {should}");
        }
        return Ok("size and checksum agree");
    }
    Ok(match (told.size, should) {
        (Some(_), None) => "size agrees; there is no checksum",
        (Some(_), Some(_)) => "size agrees; the checksum is of a kind that is not known",
        (None, _) => "not checked: the portal says neither size nor checksum",
    })
}
