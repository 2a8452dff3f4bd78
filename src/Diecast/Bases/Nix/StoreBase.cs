using System.Security.Cryptography;
using System.Text;
using Diecast.Bases.Nix.Database;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Bases.Nix;

/// <summary>A root tree of a store's closure: the store, its database, profiles and roots.</summary>
internal sealed class StoreBase
{
    private const int SharedStore = 0b1_111_111_101;
    private const int AnyonesDirectory = 0b1_111_111_111;
    private const int PrivateDirectory = 0b111_000_000;

    /// <summary>nixbld's number on NixOS and with Nix's installer, fixed there (nixos/modules/misc/ids.nix).</summary>
    private const uint NixBuilders = 30000;

    /// <summary>The file that tells a whole system from a package.</summary>
    private const string NixosMark = "nixos-version";
    private const string GuixMark = "parameters";

    private readonly FileTree _tree = new(new DirectoryInode { ModifiedTime = StoreClosure.Time });
    private readonly StoreClosure _closure;
    private readonly bool _isGuix;
    private bool _isSystem;

    private StoreBase(StoreClosure closure, bool isGuix)
    {
        _closure = closure;
        _isGuix = isGuix;
    }

    /// <summary>Resolves a base of Nix.</summary>
    /// <exception cref="BuildException">A path is not there, is not what its hashes say, or nobody says what it refers to.</exception>
    internal static ResolvedBase Resolve(NixBase source, BaseResolveOptions options, CancellationToken cancellation)
    {
        (StoreClosure closure, string[] named) = Read(source.Paths, [source.Toplevel, source.Channel], source.Store, source.Database, options, cancellation);
        var made = new StoreBase(closure, isGuix: false);
        made.AddStore(NixBuilders);
        string? system = source.Toplevel is not null ? named[0] : made.FindSystem(source.Paths, options, NixosMark);
        if (system is not null)
            made.AddSystem("/nix/var/nix/profiles", system, "/etc/NIXOS");
        if (source.Channel is not null)
            made.AddChannel(named[^1]);
        if (source.Database)
            made.AddDatabase("/nix/var/nix", [.. Roots(source.Paths, options).Except(named.Append(system), StringComparer.Ordinal).OfType<string>()]);
        return made.Finish();
    }

    /// <summary>Resolves a base of Guix.</summary>
    /// <exception cref="BuildException">A path is not there, is not what its hashes say, or nobody says what it refers to.</exception>
    internal static ResolvedBase Resolve(GuixBase source, BaseResolveOptions options, CancellationToken cancellation)
    {
        (StoreClosure closure, string[] named) = Read(source.Paths, [source.System], source.Store, source.Database, options, cancellation);
        var made = new StoreBase(closure, isGuix: true);
        made.AddStore(builders: 0);
        string? system = source.System is not null ? named[0] : made.FindSystem(source.Paths, options, GuixMark);
        if (system is not null)
        {
            made.AddSystem("/var/guix/profiles", system, marker: null);
            made.AddGuixDirectories();
        }

        if (source.Database)
            made.AddDatabase("/var/guix", [.. Roots(source.Paths, options).Except(named.Append(system), StringComparer.Ordinal).OfType<string>()]);
        return made.Finish();
    }

    private static (StoreClosure Closure, string[] Named) Read(
        ValueList<StorePath> paths, string?[] named, StoreSource? source, bool describe, BaseResolveOptions options, CancellationToken cancellation)
    {
        string directory = Path.GetFullPath(options.Directory);
        string[] located = [.. named.OfType<string>().Select(path => StoreClosure.Locate(path, directory))];
        var closure = StoreClosure.Resolve(
            new StoreRequest
            {
                Paths = [.. paths, .. located.Select(path => new StorePath { Path = path })],
                Source = source ?? new StoreSource(),
                Directory = directory,
                CacheDirectory = options.CacheDirectory,
                Describe = describe,
            },
            cancellation);
        return (closure, located);
    }

    private static IEnumerable<string> Roots(ValueList<StorePath> paths, BaseResolveOptions options) =>
        paths.Select(path => StoreClosure.Locate(path.Path, Path.GetFullPath(options.Directory))).Distinct(StringComparer.Ordinal);

    private ResolvedBase Finish()
    {
        foreach (TreeEntry entry in _tree.Walk())
            entry.Inode.ModifiedTime = StoreClosure.Time;
        return new ResolvedBase(_tree, new Lazy<string>(Identify), StoreClosure.Time.Seconds, BaseOrigin.Host, _closure) { IsStoreSystem = _isSystem };
    }

    /// <summary>The one of the declared paths that is a whole system; null where none is, or where it is not clear which.</summary>
    private string? FindSystem(ValueList<StorePath> paths, BaseResolveOptions options, string mark)
    {
        string[] found = [.. Roots(paths, options).Where(path => _tree.ResolveFile($"{path}/{mark}") is not null && _tree.Resolve(path + "/kernel") is not null)];
        return found is [var only] ? only : null;
    }

    /// <summary>What a store's paths are follows from their names and hashes; without hashes everything has to be read.</summary>
    private string Identify() => _closure.Items.All(item => item.Info.NarHash is not null)
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(_closure.Items.Select(item => $"{item.Info.Path} {item.Info.NarHash}\n")))))
        : TreeDigest.Compute(_tree);

    private void AddStore(uint builders)
    {
        DirectoryInode store = _tree.MakeDirectory(_closure.Store);
        store.Mode = SharedStore;
        store.Gid = builders;
        _closure.Place(store);
    }

    private void AddSystem(string profiles, string system, string? marker)
    {
        _isSystem = true;
        _tree.Set(profiles + "/system", new SymlinkInode("system-1-link"));
        _tree.Set(profiles + "/system-1-link", new SymlinkInode(system));
        if (marker is not null)
            _tree.Set(marker, new FileInode(Blob.Empty));
        // Where the first programs of a system mount and write before they make directories of their own.
        foreach (string directory in (string[])["/dev", "/etc", "/proc", "/run", "/sys", "/var"])
            _tree.MakeDirectory(directory);
        _tree.MakeDirectory("/root", PrivateDirectory);
        _tree.MakeDirectory("/tmp", AnyonesDirectory);
    }

    /// <summary>What Guix's own images have for the first start (gnu/build/install.scm, directives).</summary>
    private void AddGuixDirectories()
    {
        foreach (string directory in (string[])["/bin", "/home", "/mnt", "/var/db", "/var/empty", "/var/guix/gcroots", "/var/log"])
            _tree.MakeDirectory(directory);
        foreach (string directory in (string[])["/var/lock", "/var/tmp"])
            _tree.MakeDirectory(directory, AnyonesDirectory);
        _tree.Set("/var/guix/gcroots/booted-system", new SymlinkInode("/run/booted-system"));
        _tree.Set("/var/guix/gcroots/current-system", new SymlinkInode("/run/current-system"));
        _tree.Set("/var/run", new SymlinkInode("/run"));
    }

    /// <summary>As nixos-install leaves it: root's channels are a profile, which root's expressions are found by.</summary>
    private void AddChannel(string channel)
    {
        const string Profile = "/nix/var/nix/profiles/per-user/root/channels";
        _tree.Set(Profile, new SymlinkInode("channels-1-link"));
        _tree.Set(Profile + "-1-link", new SymlinkInode(channel));
        _tree.MakeDirectory("/root", PrivateDirectory);
        _tree.MakeDirectory("/root/.nix-defexpr", PrivateDirectory);
        _tree.Set("/root/.nix-defexpr/channels", new SymlinkInode(Profile));
    }

    private void AddDatabase(string state, string[] roots)
    {
        StoreItemInfo[] items = [.. _closure.Describe()];
        _tree.Set(state + "/db/db.sqlite", new FileInode(Blob.FromMemory(StoreDatabase.Write(items, Outputs(), _isGuix))));
        _tree.Set(state + "/db/schema", new FileInode(Blob.FromText(_isGuix ? StoreDatabase.GuixSchema : StoreDatabase.NixSchema)));
        _tree.MakeDirectory(state + "/profiles/per-user/root");
        _tree.Set(state + "/gcroots/profiles", new SymlinkInode(state + "/profiles"));
        foreach (string root in roots)
            _tree.Set($"{state}/gcroots/image/{StoreItemName.NameOf(root)}", new SymlinkInode(root));
    }

    private IEnumerable<(string Derivation, string Output, string Path)> Outputs() =>
        from item in _closure.Items
        where item.Info.Path.EndsWith(".drv", StringComparison.Ordinal) && item.Inode is FileInode
        from output in DerivationOutputs.Parse(((FileInode)item.Inode).Content.ToArray(), item.Info.Path)
        select (item.Info.Path, output.Output, output.Path);
}
