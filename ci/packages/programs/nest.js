// NestJS: controllers, injection, pipes, guards, interceptors, errors, shutdown, and a
// microservice over TCP.
// packages: @nestjs/core @nestjs/common @nestjs/platform-express @nestjs/microservices
'use strict';

require('reflect-metadata');
const common = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const micro = require('@nestjs/microservices');
const { lastValueFrom, map } = require('rxjs');

/** What the compiler of TypeScript makes of decorators. */
function decorate(type, key, ...decorators) {
  const { prototype } = type;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
  for (const decorator of decorators.reverse()) decorator(prototype, key, descriptor);
}

class Cats {
  names = ['tom', 'kit'];
  onModuleInit = () => console.log('init');
  onModuleDestroy = () => console.log('destroy');
  onApplicationShutdown = (signal) => console.log('shutdown', signal);
}
common.Injectable()(Cats);

class Guard {
  canActivate(context) {
    return context.switchToHttp().getRequest().headers['x-ok'] === '1';
  }
}
common.Injectable()(Guard);

class Data {
  intercept(context, next) {
    return next.handle().pipe(map((data) => ({ data })));
  }
}
common.Injectable()(Data);

class Controller {
  constructor(cats) {
    this.cats = cats;
  }
  list() {
    return this.cats.names;
  }
  one(id) {
    return { id, type: typeof id };
  }
  create(body) {
    return body;
  }
  teapot() {
    throw new common.HttpException('teapot', 418);
  }
  async fail() {
    throw new Error('unexpected');
  }
  guarded() {
    return 'let in';
  }
  sum(numbers) {
    return numbers.reduce((one, other) => one + other, 0);
  }
  told(what) {
    console.log('told', what);
  }
}
decorate(Controller, 'list', common.Get(), common.UseInterceptors(Data));
decorate(Controller, 'one', common.Get('one/:id'));
common.Param('id', common.ParseIntPipe)(Controller.prototype, 'one', 0);
decorate(Controller, 'create', common.Post());
common.Body()(Controller.prototype, 'create', 0);
decorate(Controller, 'teapot', common.Get('teapot'));
decorate(Controller, 'fail', common.Get('fail'));
decorate(Controller, 'guarded', common.Get('guarded'), common.UseGuards(Guard));
decorate(Controller, 'sum', micro.MessagePattern('sum'));
decorate(Controller, 'told', micro.EventPattern('told'));
common.Controller('cats')(Controller);
Reflect.defineMetadata('design:paramtypes', [Cats], Controller);

class Application {}
common.Module({ controllers: [Controller], providers: [Cats] })(Application);

async function main() {
  const options = { host: '127.0.0.1', port: 0 };
  const app = await NestFactory.create(Application, { logger: false });
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (path, init) => {
    const response = await fetch(url + path, init);
    console.log(path, response.status, await response.text());
  };
  for (const path of ['', '/one/5', '/one/x', '/teapot', '/fail', '/guarded', '/none']) {
    await ask(`/cats${path}`);
  }
  await ask('/cats/guarded', { headers: { 'x-ok': '1' } });
  const headers = { 'content-type': 'application/json' };
  await ask('/cats', { method: 'POST', headers, body: '{"name":"new"}' });
  await ask('/cats', { method: 'POST', headers, body: '{"name":' });

  const service = await NestFactory.createMicroservice(Application, {
    transport: micro.Transport.TCP,
    options,
    logger: false,
  });
  await service.listen();
  const { port } =
    service.serverInstance.server.netSocket?.address() ?? service.serverInstance.server.address();
  const client = micro.ClientProxyFactory.create({
    transport: micro.Transport.TCP,
    options: { ...options, port },
  });
  console.log(await lastValueFrom(client.send('sum', [1, 2, 3])));
  await lastValueFrom(client.emit('told', { a: 1 }));
  await lastValueFrom(client.send('none', {})).catch((error) => console.log(error));
  client.close();
  await service.close();
  await app.close();
}

main();
