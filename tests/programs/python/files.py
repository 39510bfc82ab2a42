"""What programs do with files: a tree of them, pages at random places, a log that grows and is cut, a database."""

import hashlib
import os
import random
import shutil
import sqlite3

WORK = "/work"


def names():
    return [(root, sorted(folders), sorted(files)) for root, folders, files in sorted(os.walk(WORK))]


def tree():
    os.makedirs(f"{WORK}/a/b/c")
    for i in range(20):
        with open(f"{WORK}/a/b/{i}.txt", "w") as file:
            file.write(f"line of {i}\n" * i)
    with open(f"{WORK}/a/binary", "wb") as file:
        file.write(bytes(range(256)) * 300)
    os.symlink("b/3.txt", f"{WORK}/a/link")
    os.link(f"{WORK}/a/binary", f"{WORK}/a/second")
    print(names())
    for entry in sorted(os.scandir(f"{WORK}/a"), key=lambda entry: entry.name):
        size = None if entry.is_dir() else entry.stat().st_size
        print(entry.name, entry.is_dir(), entry.is_symlink(), size)
    print(open(f"{WORK}/a/link").read(), os.readlink(f"{WORK}/a/link"), os.stat(f"{WORK}/a/binary").st_nlink)
    os.rename(f"{WORK}/a/b/5.txt", f"{WORK}/a/b/c/five.txt")
    os.replace(f"{WORK}/a/b/6.txt", f"{WORK}/a/b/7.txt")
    os.utime(f"{WORK}/a/binary", (1, 2))
    print(os.stat(f"{WORK}/a/second").st_mtime, open(f"{WORK}/a/b/7.txt").read())
    for wrong in (
        lambda: os.rmdir(f"{WORK}/a"),
        lambda: os.mkdir(f"{WORK}/a"),
        lambda: open(f"{WORK}/none"),
        lambda: os.unlink(f"{WORK}/a/b"),
        lambda: os.listdir(f"{WORK}/a/binary"),
        lambda: os.rename(f"{WORK}/a", f"{WORK}/a/b/a"),
        lambda: os.readlink(f"{WORK}/a/binary"),
    ):
        try:
            wrong()
            print("nothing was wrong")
        except OSError as error:
            print(type(error).__name__, os.strerror(error.errno))
    shutil.rmtree(f"{WORK}/a")
    print(names())


def pages():
    choose = random.Random(7)
    written = {}
    with open(f"{WORK}/pages", "w+b") as file:
        for _ in range(300):
            number = choose.randrange(64)
            written[number] = bytes([choose.randrange(256)]) * 512
            file.seek(number * 512)
            file.write(written[number])
            if choose.random() < 0.1:
                file.flush()
                os.fsync(file.fileno())
            if choose.random() < 0.05:
                size = choose.randrange(32, 64) * 512
                file.truncate(size)
                written = {number: page for number, page in written.items() if number * 512 < size}
        for number, page in written.items():
            file.seek(number * 512)
            assert file.read(512) == page
        print(file.seek(0, os.SEEK_END), len(written))
    print(hashlib.sha256(open(f"{WORK}/pages", "rb").read()).hexdigest())
    fd = os.open(f"{WORK}/pages", os.O_RDWR)
    print(os.pread(fd, 4, 1022), os.pwrite(fd, b"between", 1020), os.pread(fd, 9, 1019), os.lseek(fd, 0, os.SEEK_CUR))
    os.close(fd)


def log():
    with open(f"{WORK}/log", "ab") as one, open(f"{WORK}/log", "ab") as other:
        for i in range(100):
            file = one if i % 3 == 0 else other
            file.write(b"%d\n" % i)
            file.flush()
    with open(f"{WORK}/log", "r+b") as file:
        file.truncate(100)
        file.seek(0, os.SEEK_END)
        file.write(b"the end")
    print(open(f"{WORK}/log", "rb").read())


def database():
    path = f"{WORK}/accounts.db"
    db = sqlite3.connect(path)
    db.execute("create table account (id integer primary key, owner text unique, balance integer)")
    with db:
        db.executemany("insert into account values (?, ?, ?)", [(i, f"owner {i}", i) for i in range(1, 501)])
    try:
        with db:
            db.execute("update account set balance = balance * 2")
            db.execute("insert into account values (7, 'owner', 0)")
    except sqlite3.IntegrityError as error:
        print(error)
    with db:
        db.execute("delete from account where id % 3 = 0")
    db.execute("vacuum")
    db.close()
    db = sqlite3.connect(path)
    print(db.execute("pragma integrity_check").fetchone(), sorted(os.listdir(WORK)), os.path.getsize(path))
    print(db.execute("select count(*), sum(balance), max(owner) from account").fetchone())
    db.close()


for part in (tree, pages, log, database):
    part()
shutil.rmtree(WORK)
print(os.path.exists(WORK))
