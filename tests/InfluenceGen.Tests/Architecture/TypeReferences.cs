using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace InfluenceGen.Tests.Architecture;

/// <summary>One type that needs another of its assembly, and the member that does.</summary>
internal readonly record struct TypeReference(string FromNamespace, string From, string Member, string ToNamespace, string To);

/// <summary>
/// Which types of an assembly need which others of it: by what they derive from, hold, take and return, by the attributes they bear, and by
/// what the code of their methods calls, makes, reads and has as locals. A nested type, those of lambdas and iterators among them,
/// counts as the type that it stands in. Constants, which the compiler copies, and <c>nameof</c> leave nothing to be found.
/// </summary>
internal sealed class TypeReferences
{
    private readonly MetadataReader _metadata;
    private readonly PEReader _assembly;
    private readonly HashSet<(TypeDefinitionHandle From, string Member, TypeDefinitionHandle To)> _found = [];
    private TypeDefinitionHandle _from;
    private string _member = "";

    private TypeReferences(PEReader assembly)
    {
        _assembly = assembly;
        _metadata = assembly.GetMetadataReader();
    }

    /// <summary>All references between types of the assembly at a path, each once a member.</summary>
    public static List<TypeReference> Of(string path)
    {
        using var stream = File.OpenRead(path);
        using var assembly = new PEReader(stream);
        var references = new TypeReferences(assembly);
        foreach (var type in references._metadata.TypeDefinitions)
        {
            references.VisitType(type);
        }

        return [.. references._found.Select(references.Named)];
    }

    private TypeReference Named((TypeDefinitionHandle From, string Member, TypeDefinitionHandle To) found)
    {
        var (from, to) = (_metadata.GetTypeDefinition(found.From), _metadata.GetTypeDefinition(found.To));
        return new(_metadata.GetString(from.Namespace), _metadata.GetString(from.Name), found.Member,
            _metadata.GetString(to.Namespace), _metadata.GetString(to.Name));
    }

    private void VisitType(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        (_from, _member) = (Outermost(handle), "");
        Visit(type.BaseType);
        Visit(type.GetCustomAttributes());
        Visit(type.GetGenericParameters());
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            Visit(_metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var field in type.GetFields().Select(_metadata.GetFieldDefinition))
        {
            _member = _metadata.GetString(field.Name);
            Visit(field.GetCustomAttributes());
            field.DecodeSignature(new Signature(this), null);
        }

        foreach (var property in type.GetProperties().Select(_metadata.GetPropertyDefinition))
        {
            _member = _metadata.GetString(property.Name);
            Visit(property.GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(_metadata.GetMethodDefinition))
        {
            _member = _metadata.GetString(method.Name);
            Visit(method.GetCustomAttributes());
            Visit(method.GetGenericParameters());
            method.DecodeSignature(new Signature(this), null);
            foreach (var parameter in method.GetParameters().Select(_metadata.GetParameter))
            {
                Visit(parameter.GetCustomAttributes());
            }

            if (method.RelativeVirtualAddress != 0)
            {
                Visit(_assembly.GetMethodBody(method.RelativeVirtualAddress));
            }
        }
    }

    private void Visit(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes.Select(_metadata.GetCustomAttribute))
        {
            Visit(attribute.Constructor);
            attribute.DecodeValue(new Signature(this));
        }
    }

    private void Visit(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters.Select(_metadata.GetGenericParameter))
        {
            foreach (var constraint in parameter.GetConstraints())
            {
                Visit(_metadata.GetGenericParameterConstraint(constraint).Type);
            }
        }
    }

    private void Visit(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Signature(this), null);
        }

        foreach (var region in body.ExceptionRegions)
        {
            Visit(region.CatchType);
        }

        foreach (var token in Instructions.Tokens(body.GetILReader()))
        {
            Visit(token);
        }
    }

    /// <summary>Notes the types that a token of any kind names.</summary>
    private void Visit(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                var to = Outermost((TypeDefinitionHandle)handle);
                if (to != _from)
                {
                    _found.Add((_from, _member, to));
                }

                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Signature(this), null);
                break;
            case HandleKind.FieldDefinition:
                var field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                Visit(field.GetDeclaringType());
                field.DecodeSignature(new Signature(this), null);
                break;
            case HandleKind.MethodDefinition:
                var method = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                Visit(method.GetDeclaringType());
                method.DecodeSignature(new Signature(this), null);
                break;
            case HandleKind.MemberReference:
                Visit(_metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodSpecification:
                var made = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Visit(made.Method);
                made.DecodeSignature(new Signature(this), null);
                break;
        }
    }

    private void Visit(MemberReference member)
    {
        Visit(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            member.DecodeFieldSignature(new Signature(this), null);
        }
        else
        {
            member.DecodeMethodSignature(new Signature(this), null);
        }
    }

    private void VisitNamed(string name)
    {
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var type = _metadata.GetTypeDefinition(handle);
            if (name == $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}")
            {
                Visit(handle);
            }
        }
    }

    private TypeDefinitionHandle Outermost(TypeDefinitionHandle type)
    {
        while (_metadata.GetTypeDefinition(type).GetDeclaringType() is { IsNil: false } outer)
        {
            type = outer;
        }

        return type;
    }

    /// <summary>Visits every type that a signature is made of; what it makes of each is whether it is <see cref="Type"/> itself, whose values in
    /// attributes are types again.</summary>
    private readonly struct Signature(TypeReferences references) : ISignatureTypeProvider<bool, object?>, ICustomAttributeTypeProvider<bool>
    {
        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            references.Visit(handle);
            return false;
        }

        public bool GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        {
            references.Visit(handle);
            return false;
        }

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            reader.GetTypeReference(handle) is var type && reader.StringComparer.Equals(type.Name, nameof(Type)) && reader.StringComparer.Equals(type.Namespace, nameof(System));

        public bool GetTypeFromSerializedName(string name)
        {
            references.VisitNamed(name.Split(',')[0]);
            return false;
        }

        public bool GetSystemType() => true;

        public bool IsSystemType(bool type) => type;

        public PrimitiveTypeCode GetUnderlyingEnumType(bool type) => PrimitiveTypeCode.Int32;

        public bool GetSZArrayType(bool elementType) => false;

        public bool GetArrayType(bool elementType, ArrayShape shape) => false;

        public bool GetByReferenceType(bool elementType) => false;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => false;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => false;

        public bool GetGenericMethodParameter(object? genericContext, int index) => false;

        public bool GetGenericTypeParameter(object? genericContext, int index) => false;

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => false;

        public bool GetPinnedType(bool elementType) => false;

        public bool GetPointerType(bool elementType) => false;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => false;
    }
}
