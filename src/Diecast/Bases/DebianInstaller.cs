using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Native;
using Diecast.Processes;
using Diecast.Store;

namespace Diecast.Bases;

/// <summary>
/// Installs Debian by mmdebstrap, once for each state of the archive: its tar goes from the pipe into the cache and is
/// indexed on the way.
/// </summary>
internal sealed class DebianInstaller(DebianRequest request, BaseResolveOptions options)
{
    private const int Attempts = 3;
    private const string Kind = "debian";
    private const string ArchiveName = "root.tar";
    private const string RecordName = "record";
    private const string InstallFix = "apt install mmdebstrap uidmap debian-archive-keyring";
    private const string KeyringDirectory = "/usr/share/keyrings";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly string[] StandardKeyrings =
        ["debian-archive-keyring.gpg", "debian-archive-keyring.pgp", "ubuntu-archive-keyring.gpg"];

    private readonly DebianDeclaration _declaration = new(request, options);
    private bool _archiveMoved;

    internal ResolvedBase Resolve(CancellationToken cancellation)
    {
        CacheStore store = CacheStore.Open(options.CacheDirectory);
        if (options.Network == NetworkPolicy.Offline)
            return Open(FindNewest(store), BaseOrigin.Cache, cancellation);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ResolveOnline(store, cancellation);
            }
            catch (BuildException) when (_archiveMoved && attempt < Attempts)
            {
                _archiveMoved = false;
                options.Messages?.Report("the archive changed while the base was installed; once more");
            }
        }
    }

    private ResolvedBase ResolveOnline(CacheStore store, CancellationToken cancellation)
    {
        IReadOnlyList<AptSource> sources = _declaration.Sources();
        options.Messages?.Report($"asking {string.Join(", ", sources.Select(s => s.Uri).Distinct())} for the state of {request.Base.Suite}");
        IReadOnlyList<ArchiveState> states = ArchiveState.Fetch(sources, cancellation);
        string key = _declaration.Key(states, ToolVersions(cancellation));
        FileTree? installed = null;
        ContentSpool? spool = null;
        try
        {
            string entry = store.GetOrMake(
                Kind, key,
                directory => (installed, spool) = Install(directory, key, states, cancellation),
                () => options.Messages?.Report("waiting for another build that installs the same base"),
                cancellation);
            return installed is null
                ? Open(entry, BaseOrigin.Cache, cancellation)
                : Finish(installed, EntryRecord.Read(entry), BaseOrigin.Installed, spool);
        }
        catch
        {
            spool?.Dispose();
            throw;
        }
    }

    private (FileTree Tree, ContentSpool Spool) Install(
        string directory, string key, IReadOnlyList<ArchiveState> states, CancellationToken cancellation)
    {
        CheckNamespaces();
        ForeignArchitecture.Check(_declaration.Architecture, cancellation);
        long epoch = states.Max(state => state.Date);
        string log = LogDirectory.NewLog("mmdebstrap", options.LogDirectory);
        var spool = ContentSpool.Create(Path.Combine(directory, ArchiveName));
        string keyrings = Path.Combine(Path.GetTempPath(), "diecast-keyrings-" + Path.GetRandomFileName());
        try
        {
            var start = new ChildProcessStart
            {
                Program = "mmdebstrap",
                Arguments = Arguments(states, CopyKeyrings(keyrings)),
                Environment = Environment(epoch),
                LogPath = log,
                Lines = options.Messages,
                Grace = Grace,
                MissingFix = InstallFix,
            };
            FileTree tree = ChildProcess.Run(start, output => TarReader.ReadAndCopy(output, spool, cancellation), cancellation);
            // What was installed has to be what the key says: apt asked the archive after we did.
            _archiveMoved = !ArchiveState.Fetch(_declaration.Sources(), cancellation).SequenceEqual(states);
            if (_archiveMoved)
                throw new BuildException("the archive changes faster than the base can be installed", "try again later");
            new EntryRecord(key, _declaration.Digest, epoch).Write(directory);
            return (tree, spool);
        }
        catch (InvalidImageException exception)
        {
            spool.Dispose();
            throw new BuildException($"mmdebstrap gave an archive that cannot be read: {exception.Message}", log: log, inner: exception);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
        finally
        {
            if (Directory.Exists(keyrings))
                Directory.Delete(keyrings, recursive: true);
        }
    }

    private List<string> Arguments(IReadOnlyList<ArchiveState> states, string? keyrings)
    {
        List<string> arguments =
        [
            "--mode=unshare", "--format=tar", "--variant=" + Variant(request.Base.Variant),
            "--architectures=" + _declaration.Architecture,
        ];
        if (keyrings is not null)
            arguments.Add("--keyring=" + keyrings);
        if (request.Base.Recommends)
            arguments.Add("--aptopt=APT::Install-Recommends \"true\"");
        // One option for each: a package may be a pattern with commas and spaces of its own.
        arguments.AddRange(_declaration.Packages.Select(package => "--include=" + package));
        if (request.DebconfSelections.Count > 0)
        {
            arguments.Add("--essential-hook=printf '%s\\n' "
                + string.Join(' ', request.DebconfSelections.Select(Quote)) + " | chroot \"$1\" debconf-set-selections");
        }

        arguments.AddRange(request.Hooks.Select(hook => $"--{hook.Stage.ToString().ToLowerInvariant()}-hook={hook.Command}"));
        // mmdebstrap copies these two from the machine; what hooks or packages put in their place stays.
        arguments.Add("--customize-hook=for f in resolv.conf hostname; do "
            + "if [ ! -L \"$1/etc/$f\" ] && cmp -s \"/etc/$f\" \"$1/etc/$f\"; then rm \"$1/etc/$f\"; fi; done");
        arguments.Add(request.Base.Suite);
        arguments.Add("-");
        arguments.AddRange(states.Select(state => state.Source.Line));
        return arguments;
    }

    private ImmutableSortedDictionary<string, string> Environment(long epoch)
    {
        ImmutableSortedDictionary<string, string> environment = ChildEnvironment.WithNetwork()
            .SetItem("DEBIAN_FRONTEND", "noninteractive")
            .SetItem("DEBCONF_NONINTERACTIVE_SEEN", "true")
            .SetItem("SOURCE_DATE_EPOCH", epoch.ToString(CultureInfo.InvariantCulture));
        foreach (string variable in request.Environment)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new BuildException($"'{variable}' sets no variable", "write NAME=VALUE");
            environment = environment.SetItem(variable[..equals], variable[(equals + 1)..]);
        }

        return environment;
    }

    /// <summary>Copies the keyrings to where the namespace's users can read them; null to leave it to the machine's apt.</summary>
    private string? CopyKeyrings(string directory)
    {
        string[] files = request.Base.Keyrings.Count > 0
            ? [.. _declaration.KeyringPaths]
            : [.. StandardKeyrings.Select(name => Path.Combine(KeyringDirectory, name)).Where(File.Exists)];
        if (files.Length == 0)
            return null;
        FileModes.MakeDirectory(directory, 0b111_101_101);
        for (int i = 0; i < files.Length; i++)
        {
            string copy = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{i}-{Path.GetFileName(files[i])}"));
            // apt takes only these two extensions; .pgp is the new name of .gpg.
            copy = Path.GetExtension(copy) is ".gpg" or ".asc" ? copy : copy + ".gpg";
            File.WriteAllBytes(copy, File.ReadAllBytes(files[i]));
            FileModes.Set(copy, 0b110_100_100);
        }

        return directory;
    }

    private static string ToolVersions(CancellationToken cancellation)
    {
        string mmdebstrap = ChildProcess.RunForText(
            new ChildProcessStart { Program = "mmdebstrap", Arguments = ["--version"], MissingFix = InstallFix }, cancellation);
        string apt = ChildProcess.RunForText(new ChildProcessStart { Program = "apt-get", Arguments = ["--version"] }, cancellation);
        string dpkg = ChildProcess.RunForText(new ChildProcessStart { Program = "dpkg", Arguments = ["--version"] }, cancellation);
        return string.Join('\n', new[] { mmdebstrap, apt, dpkg }.Select(text => text.Trim().Split('\n')[0]));
    }

    private static void CheckNamespaces()
    {
        if (Read("/proc/sys/user/max_user_namespaces") == "0" || Read("/proc/sys/kernel/unprivileged_userns_clone") == "0")
        {
            throw new BuildException(
                "this machine's kernel allows no user namespaces, which an installation without root needs",
                "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000");
        }

        if (System.Environment.IsPrivilegedProcess)
            return;
        if (ChildProcess.Find("newuidmap", ChildEnvironment.Fixed) is null)
            throw new BuildException("newuidmap is not installed, which an installation without root needs", InstallFix);
        string user = System.Environment.UserName;
        if (!HasRange("/etc/subuid", user) || !HasRange("/etc/subgid", user))
        {
            throw new BuildException(
                $"{user} has no range of subordinate ids in /etc/subuid and /etc/subgid, which an installation without root needs",
                $"usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}");
        }

        static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

        static bool HasRange(string path, string user) =>
            File.Exists(path) && File.ReadLines(path).Any(line => line.StartsWith(user + ":", StringComparison.Ordinal)
                || line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{FileModes.UserId}:"), StringComparison.Ordinal));
    }

    private string FindNewest(CacheStore store)
    {
        string? newest = null;
        EntryRecord? best = null;
        foreach (string entry in store.List(Kind))
        {
            if (EntryRecord.Read(entry) is { } record && record.Declaration == _declaration.Digest
                && (best is null || record.Epoch > best.Epoch))
            {
                (newest, best) = (entry, record);
            }
        }

        return newest ?? throw new BuildException(
            $"no base of this declaration of {request.Base.Suite} is in the cache, and the build is offline", "build once with the network");
    }

    private ResolvedBase Open(string entry, BaseOrigin origin, CancellationToken cancellation)
    {
        HostFile archive = HostFile.Open(Path.Combine(entry, ArchiveName));
        try
        {
            return Finish(TarReader.ReadFile(archive, cancellation), EntryRecord.Read(entry), origin, archive);
        }
        catch (InvalidImageException exception)
        {
            archive.Dispose();
            throw new BuildException($"the cache entry {entry} is damaged: {exception.Message}", $"rm -r {entry}", inner: exception);
        }
    }

    private ResolvedBase Finish(FileTree tree, EntryRecord? record, BaseOrigin origin, IDisposable? storage)
    {
        if (record is null)
            throw new BuildException("the record of a cache entry is missing", "remove the cache");
        DebianTreeCleaner.Clean(tree, record.Epoch, _declaration.Machine);
        return new ResolvedBase(tree, new Lazy<string>(record.Key), record.Epoch, origin, storage);
    }

    private static string Variant(DebianVariant variant) => variant switch
    {
        DebianVariant.Custom => "custom",
        DebianVariant.Essential => "essential",
        DebianVariant.Apt => "apt",
        DebianVariant.Minbase => "minbase",
        DebianVariant.Standard => "important",
        _ => throw new BuildException($"the variant {variant} is not known"),
    };

    private static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>What an entry of the cache is, three lines of text.</summary>
    private sealed record EntryRecord(string Key, string Declaration, long Epoch)
    {
        internal static EntryRecord? Read(string entry)
        {
            string path = Path.Combine(entry, RecordName);
            string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
            return lines.Length == 3 && long.TryParse(lines[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long epoch)
                ? new EntryRecord(lines[0], lines[1], epoch)
                : null;
        }

        internal void Write(string directory) => File.WriteAllText(
            Path.Combine(directory, RecordName), string.Create(CultureInfo.InvariantCulture, $"{Key}\n{Declaration}\n{Epoch}\n"), Encoding.ASCII);
    }
}
