//! What a file is: the answer of statx(2), in the order Node's `fs.Stats` wants.

/// A moment on the wall clock; `seconds` may lie before 1970.
#[derive(Copy, Clone, Default, PartialEq, Eq, Debug)]
pub struct FileTime {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// One file's facts.
#[derive(Copy, Clone, Default, PartialEq, Eq, Debug)]
pub struct FileStat {
    pub device: u64,
    /// Type and permission bits, as `st_mode`.
    pub mode: u32,
    pub links_count: u32,
    pub user: u32,
    pub group: u32,
    pub special_device: u64,
    pub block_bytes: u32,
    pub inode: u64,
    pub size_bytes: u64,
    /// In units of 512 bytes, whatever `block_bytes` says.
    pub blocks_count: u64,
    pub accessed: FileTime,
    pub modified: FileTime,
    pub changed: FileTime,
    /// All zero where the file system does not keep it.
    pub born: FileTime,
}

impl FileStat {
    pub(crate) fn from_statx(raw: &libc::statx) -> FileStat {
        let time = |time: &libc::statx_timestamp| FileTime {
            seconds: time.tv_sec,
            nanoseconds: time.tv_nsec,
        };
        FileStat {
            device: libc::makedev(raw.stx_dev_major, raw.stx_dev_minor),
            mode: u32::from(raw.stx_mode),
            links_count: raw.stx_nlink,
            user: raw.stx_uid,
            group: raw.stx_gid,
            special_device: libc::makedev(raw.stx_rdev_major, raw.stx_rdev_minor),
            block_bytes: raw.stx_blksize,
            inode: raw.stx_ino,
            size_bytes: raw.stx_size,
            blocks_count: raw.stx_blocks,
            accessed: time(&raw.stx_atime),
            modified: time(&raw.stx_mtime),
            changed: time(&raw.stx_ctime),
            born: time(&raw.stx_btime),
        }
    }

    pub fn is_directory(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFDIR
    }

    pub fn is_file(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFREG
    }

    pub fn is_link(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFLNK
    }

    /// dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, then seconds and nanoseconds
    /// of access, modification, change and birth.
    pub fn to_array(&self) -> [f64; 18] {
        let [a, m, c, b] = [self.accessed, self.modified, self.changed, self.born];
        [
            self.device as f64,
            f64::from(self.mode),
            f64::from(self.links_count),
            f64::from(self.user),
            f64::from(self.group),
            self.special_device as f64,
            f64::from(self.block_bytes),
            self.inode as f64,
            self.size_bytes as f64,
            self.blocks_count as f64,
            a.seconds as f64,
            f64::from(a.nanoseconds),
            m.seconds as f64,
            f64::from(m.nanoseconds),
            c.seconds as f64,
            f64::from(c.nanoseconds),
            b.seconds as f64,
            f64::from(b.nanoseconds),
        ]
    }

    /// The same eighteen without loss, for `bigint` stats.
    pub fn to_integers(&self) -> [i64; 18] {
        let [a, m, c, b] = [self.accessed, self.modified, self.changed, self.born];
        [
            self.device as i64,
            i64::from(self.mode),
            i64::from(self.links_count),
            i64::from(self.user),
            i64::from(self.group),
            self.special_device as i64,
            i64::from(self.block_bytes),
            self.inode as i64,
            self.size_bytes as i64,
            self.blocks_count as i64,
            a.seconds,
            i64::from(a.nanoseconds),
            m.seconds,
            i64::from(m.nanoseconds),
            c.seconds,
            i64::from(c.nanoseconds),
            b.seconds,
            i64::from(b.nanoseconds),
        ]
    }
}
