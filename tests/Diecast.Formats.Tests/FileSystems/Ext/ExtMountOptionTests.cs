using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Options in the superblock: what this kernel refuses to mount with is refused, and nothing else.</summary>
public class ExtMountOptionTests
{
    private static readonly string[] Options =
    [
        "commit=5", "commit=30", "commit=0", "commit=05", "commit=30,commit=5", "debug,commit=30", "journal_checksum",
        "journal_checksum,nojournal_checksum", "journal_async_commit", "data=writeback,journal_async_commit", "journal_async_commit,data=journal",
        "data_err=abort", "data_err=abort,data_err=ignore", "data=journal", "data=ordered", "data=writeback", "data=journal,delalloc",
        "data=journal,delalloc,nodelalloc", "delalloc,data=journal,data=ordered", "nobarrier,stripe=8", "max_batch_time=3", "nodelalloc",
    ];

    [MountTheory("mke2fs", "e2fsck", "debugfs")]
    [InlineData("default", "")]
    [InlineData("default,^has_journal", "")]
    [InlineData("default", "journal_data_writeback")]
    [InlineData("default", "journal_data")]
    [InlineData("default,^has_journal", "journal_data")]
    public void Are_refused_where_the_kernel_refuses_them(string profile, string mode)
    {
        string[] names = profile.Split(',');
        ExtOptions options = ExtImage.Options with
        {
            Profile = ExtProfile.Find(names[0])!.With(names[1..]),
            Size = 16 << 20,
            DefaultMountOptions = mode.Length > 0 ? [mode] : [],
        };
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["mnt"]);
        foreach (string text in Options)
        {
            bool isRefused = false;
            try
            {
                ExtFileSystem.Plan(new FileTree(), options with { MountOptions = text });
            }
            catch (UnrepresentableException exception)
            {
                Assert.Contains("mount option", exception.Message, StringComparison.Ordinal);
                isRefused = true;
            }

            using var image = new ExtImage(new FileTree(), isRefused ? options : options with { MountOptions = text });
            if (isRefused)
                Tool.Check("debugfs", "-w", "-R", $"set_super_value mount_opts {text}", image.Path);
            Assert.Equal(text, image.Header()["Mount options"]);
            (int exitCode, string output) = Tool.Run("mount", "-t", "ext4", "-o", "loop", image.Path, directory["mnt"]);
            if (exitCode == 0)
                Tool.Check("umount", directory["mnt"]);
            Assert.True(isRefused == (exitCode != 0), $"{profile} {mode} {text}: {(isRefused ? "refused" : "made")}, and the kernel says '{output}'");
        }
    }

    /// <summary>Without a size there is no journal below 2048 blocks.</summary>
    [Fact]
    public void Count_by_the_journal_that_there_is()
    {
        ExtOptions options = ExtImage.Options with { MountOptions = "commit=30" };
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(new FileTree(), options with { Size = 4 << 20 }));
        ExtFileSystem.Plan(new FileTree(), options with { Size = 16 << 20 });
    }
}
