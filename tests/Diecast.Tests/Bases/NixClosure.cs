using Diecast.Bases;

namespace Diecast.Tests.Bases;

/// <summary>A true closure of a true Nix store, made without network; see nix-closure.sh.</summary>
internal sealed class NixClosure : IDisposable
{
    private readonly TempDirectory _directory;

    private NixClosure(TempDirectory directory) => _directory = directory;

    internal string Directory => _directory.Path;

    /// <summary>The path that the others belong to.</summary>
    internal string Top => File.ReadAllText(_directory["top"]).Trim();

    /// <summary>The key that the binary caches are signed by.</summary>
    internal string Key => File.ReadAllText(_directory["cache.pub"]).Trim();

    internal static NixClosure Make()
    {
        var directory = new TempDirectory();
        Tool.Check("sh", Checkout.PathOf("tests/Diecast.Tests/Bases/nix-closure.sh"), directory.Path);
        return new NixClosure(directory);
    }

    internal ResolvedBase Resolve(StoreSource source) => BaseResolver.Resolve(
        new NixBase { Paths = [new StorePath { Path = Top }], Store = source }, new BaseResolveOptions { Directory = Directory, CacheDirectory = _directory["work"] });

    public void Dispose()
    {
        Release(Directory);
        _directory.Dispose();
    }

    /// <summary>Lets a directory go, whose store's directories may not be written to.</summary>
    internal static void Release(string directory) => Tool.Run("chmod", "-R", "u+w", directory);
}

/// <summary>One closure for the tests of a class, made when the first asks for it.</summary>
public sealed class SharedNixClosure : IDisposable
{
    private readonly Lazy<NixClosure> _closure = new(NixClosure.Make);

    internal NixClosure Closure => _closure.Value;

    public void Dispose()
    {
        if (_closure.IsValueCreated)
            _closure.Value.Dispose();
    }
}
