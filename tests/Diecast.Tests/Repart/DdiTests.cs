using Diecast.Formats.FileSystems.Erofs;

namespace Diecast.Tests.Repart;

/// <summary>Discoverable disk images as systemd-dissect takes them: extensions and portable services, protected and signed.</summary>
public sealed class DdiTests
{
    [MountTheory("systemd-dissect", "openssl")]
    [InlineData("sysext", "/usr/lib/extension-release.d/extension-release.demo", "extension for system")]
    [InlineData("confext", "/etc/extension-release.d/extension-release.demo", null)]
    [InlineData("portable", "/usr/lib/os-release", "portable service")]
    public void Extensions_and_portable_services_are_what_systemd_takes_them_for(string kind, string release, string? use)
    {
        using var directory = new TempDirectory();
        Put(directory, release, "ID=debian\nVERSION_ID=13\nPORTABLE_PREFIXES=demo\n");
        Put(directory, "/usr/bin/demo", "program\n");
        Put(directory, "/etc/demo.conf", "settings\n");
        Put(directory, "/opt/demo", "more\n");
        foreach (string file in new[] { "/usr/sbin/init", "/var/lib/x" })
            Put(directory, file, "");
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=demo", "-keyout", directory["key"], "-out", directory["crt"]);

        RepartProgram.Result result = RepartProgram.Run(
            $"--make-ddi={kind}", $"--copy-source={directory["tree"]}", $"--private-key={directory["key"]}", $"--certificate={directory["crt"]}", $"--seed={RepartProgram.Seed}",
            "--json=short", directory["demo.raw"]);

        Assert.True(result.ExitCode == 0, result.Error);
        string found = Tool.Check("systemd-dissect", "--no-pager", directory["demo.raw"]);
        Assert.Matches(@"(?m)^ro root +\S+ \S+ +erofs +x86-64 +signed ", found);
        Assert.Matches(@"(?m)^ro root-verity-sig +\S+ \S+ +verity_hash_signature ", found);
        if (use is not null)
            Assert.Matches($"[\u2713+] {use}", found);
        using var image = new RepartImage(directory["demo.raw"]);
        string[] names = [.. ErofsFileSystem.Read(image.Content(1)).Root.Entries.ToArray().Select(entry => entry.Name.ToString())];
        Assert.Equal(kind switch { "sysext" => ["opt", "usr"], "confext" => ["etc"], _ => new[] { "etc", "opt", "usr", "var" } }, names);
    }

    private static void Put(TempDirectory directory, string path, string text)
    {
        string full = directory["tree"] + path;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
